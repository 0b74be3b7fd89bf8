import type { ErrorEntry } from '@bluegreen/contract';

/** Every code of this package. */
export const conformanceErrors = {
  'conformance/rule-broken': {
    message: 'This does not keep a rule of the contract.',
    hint: 'The detail names the rule, what was seen, and the paragraph of the docs that explains it.',
    reaction: 'permanent',
  },
  'conformance/rule-not-shown': {
    message: 'A rule could not be shown without help.',
    hint: 'Give the harness the part in the detail, or name the rule in `notShown` with the reason why nobody can show it.',
    reaction: 'permanent',
  },
  'conformance/rule-shown-after-all': {
    message: 'A rule that `notShown` names can be shown.',
    hint: 'Take it out of `notShown`.',
    reaction: 'permanent',
  },
  'conformance/rule-unknown': {
    message: 'There is no such rule.',
    hint: 'The rules are listed in docs/reference/conformance.md.',
    reaction: 'permanent',
  },
} as const satisfies Record<string, ErrorEntry>;
