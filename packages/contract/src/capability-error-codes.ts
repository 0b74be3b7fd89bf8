import type { ErrorEntry } from './error-entry.js';

/** What a policy asks and the adapters of a release can't do, or only weakly. The finding says whether it refuses. */
export const capabilityErrorCodes = {
  'policy/capability-autoscaling': {
    message: 'This environment cannot hold an autoscaler still.',
    hint: "Use an adapter that can, or leave the autoscaler alone: `prepare.autoscaling: 'leave'`.",
    reaction: 'permanent',
  },
  'policy/capability-workers': {
    message: 'This environment cannot start and stop workers apart from its servers.',
    hint: 'Use an adapter that can, or leave `workers` out and make sure that the workers of both slots may run at once.',
    reaction: 'permanent',
  },
  'policy/capability-workers-doubled': {
    message: 'The workers of both slots run while both slots are up.',
    hint: 'Say `workers: {}` in the policy to hand them over, so that exactly one slot has them.',
    reaction: 'permanent',
  },
  'policy/capability-time-zone': {
    message: 'There is no such time zone here.',
    hint: "Use an IANA name such as 'Europe/Berlin'; Node was perhaps built without time zones.",
    reaction: 'permanent',
  },
  'policy/capability-windows': {
    message: 'No window opens within 90 days.',
    hint: 'Such a release would wait for ever. Correct `windows`.',
    reaction: 'permanent',
  },
  'policy/capability-weight-step': {
    message: 'The router cannot be set to this weight.',
    hint: 'Use a multiple of the step in the detail, or another router.',
    reaction: 'permanent',
  },
  'policy/capability-weight-error': {
    message: 'The router is too coarse for this weight.',
    hint: 'The real share may be nothing at all, or twice as much. Start with a larger weight.',
    reaction: 'permanent',
  },
  'policy/capability-audience': {
    message: 'The router cannot recognise this audience.',
    hint: 'Recognise it in one of the ways in the detail, or leave the step out.',
    reaction: 'permanent',
  },
  'policy/capability-mirror': {
    message: 'The router cannot copy requests to the candidate.',
    hint: 'Leave the mirror step out, or turn on the mirror of the adapter where it has one (nginx, Gateway API).',
    reaction: 'permanent',
  },
  'policy/capability-cohort': {
    message: 'The router does not offer this cohort.',
    hint: 'Choose one of the cohorts in the detail, or leave the key out.',
    reaction: 'permanent',
  },
  'policy/capability-capacity': {
    message: 'The environment cannot run a number of instances that it is told.',
    hint: "Write capacity: 'match-active', or scale the candidate yourself before the release.",
    reaction: 'permanent',
  },
  'policy/capability-split-unit': {
    message: 'The router splits connections, not requests.',
    hint: 'With few long connections a small percent is nobody, or far too many. Start with a larger weight, or close idle connections sooner.',
    reaction: 'permanent',
  },
  'policy/capability-fencing': {
    message: 'Nothing keeps an owner that lost its lease from writing.',
    hint: 'There is nowhere to put a fence. After a crash the next owner first waits as long as a late write can land.',
    reaction: 'permanent',
  },
  'policy/capability-fencing-weakest': {
    message: 'This is the weakest fencing in the release.',
    hint: 'What holds for the weakest resource holds for the release: run one orchestrator at a time where it is not enforced.',
    reaction: 'permanent',
  },
  'policy/capability-after-restart': {
    message: 'A restart of the router would bring users back to the retired slot.',
    hint: "Write retire: { after: 'keep' }, or make the router remember who serves after a restart.",
    reaction: 'permanent',
  },
  'policy/capability-fallback': {
    message: 'The router does not remember who serves when it has lost its switch state.',
    hint: "If a restart brings back an older routing, the old slot can never be retired; write retire: { after: 'keep' } then.",
    reaction: 'permanent',
  },
  'policy/capability-preview': {
    message: 'The router has no preview address.',
    hint: 'Checks can reach the candidate only where its environment says that it answers.',
    reaction: 'permanent',
  },
} as const satisfies Record<string, ErrorEntry>;
