import type { ErrorEntry } from './error-entry.js';

/**
 * Everything that can be wrong with a policy alone; `capabilityErrorCodes` has what its adapters can't do. Which of it
 * refuses and which only warns is said by the finding.
 */
export const policyErrorCodes = {
  'policy/not-plain': {
    message: 'A policy must be plain data.',
    hint: 'Use objects, lists, text, numbers and booleans only, without cycles; code enters a policy by name.',
    reaction: 'permanent',
  },
  'policy/unknown-key': {
    message: 'The policy has no such key.',
    hint: 'Remove it, or correct its spelling. docs/reference/policy.md lists every key.',
    reaction: 'permanent',
  },
  'policy/missing-key': {
    message: 'A required key is missing.',
    hint: 'Add it. docs/reference/policy.md says what it means.',
    reaction: 'permanent',
  },
  'policy/wrong-type': {
    message: 'The value has the wrong type.',
    hint: 'Write what the detail asks for. A key without a value is left out altogether.',
    reaction: 'permanent',
  },
  'policy/unknown-value': {
    message: 'The value is none of those that are possible here.',
    hint: 'Choose one of the values in the detail.',
    reaction: 'permanent',
  },
  'policy/name-invalid': {
    message: 'Not a name.',
    hint: 'A name starts with a letter and goes on with letters, digits, hyphens and underscores, 63 characters at most.',
    reaction: 'permanent',
  },
  'policy/duration-invalid': {
    message: 'Not a duration.',
    hint: "Write a whole number with a unit, as text: '500ms', '30s', '10m', '4h', '1d'.",
    reaction: 'permanent',
  },
  'policy/out-of-range': {
    message: 'The value is too small or too large.',
    hint: 'Choose a value within the range in the detail.',
    reaction: 'permanent',
  },
  'policy/weight-invalid': {
    message: 'Not a traffic weight that a step can go to.',
    hint: 'A weight is a percent from 0.1 to 100, with at most one decimal.',
    reaction: 'permanent',
  },
  'policy/list-empty': {
    message: 'The list must not be empty.',
    hint: 'Name at least one, or leave the key out where it is optional.',
    reaction: 'permanent',
  },
  'policy/gate-unclear': {
    message: 'A gate has exactly one of the keys check, approval, wait and analysis.',
    hint: 'Write one gate per entry of the list.',
    reaction: 'permanent',
  },
  'policy/step-unclear': {
    message: 'A step has exactly one of the keys audience and to.',
    hint: 'Write two steps: first the audience, then the percent. An audience stays on in later steps.',
    reaction: 'permanent',
  },
  'policy/audience-unclear': {
    message: 'An audience has exactly one of the keys header, cookie and sourceRanges.',
    hint: 'Define one audience per way of recognising people.',
    reaction: 'permanent',
  },
  'policy/match-invalid': {
    message: 'No request can carry this.',
    hint: 'Names of headers and cookies are HTTP tokens; values are printable ASCII, without quotes, backslashes, commas and semicolons in cookies.',
    reaction: 'permanent',
  },
  'policy/time-invalid': {
    message: 'Not a time, a day or a time zone.',
    hint: "Write '09:30', '2026-12-24', 'Europe/Berlin'.",
    reaction: 'permanent',
  },
  'policy/window-empty': {
    message: 'A window closes before it opens.',
    hint: "Put the later one into `to`. A window over midnight is two: one to '24:00', and one from '00:00' on the next day.",
    reaction: 'permanent',
  },
  'policy/source-range-invalid': {
    message: 'Not a range of addresses.',
    hint: "Write the network's first address and its prefix: '10.0.0.0/8', '2001:db8::/32'.",
    reaction: 'permanent',
  },
  'policy/approval-without-expiry': {
    message: 'An approval needs an expiry.',
    hint: "Add expires, as in '1h'; onExpiry says what happens then. A release that waits for ever blocks the next one.",
    reaction: 'permanent',
  },
  'policy/unknown-analysis': {
    message: 'The policy defines no such analysis.',
    hint: 'Define it under analyses, or correct the name.',
    reaction: 'permanent',
  },
  'policy/unknown-audience': {
    message: 'The policy defines no such audience.',
    hint: 'Define it under audiences, or correct the name.',
    reaction: 'permanent',
  },
  'policy/unknown-check': {
    message: 'There is no check of this name.',
    hint: 'Give it to the releaser under checks, or correct the name.',
    reaction: 'permanent',
  },
  'policy/unknown-hook': {
    message: 'There is no hook of this name.',
    hint: 'Give it to the releaser under hooks, or correct the name.',
    reaction: 'permanent',
  },
  'policy/unknown-webhook': {
    message: 'There is no webhook of this name.',
    hint: 'Give it to the releaser under webhooks, or correct the name.',
    reaction: 'permanent',
  },
  'policy/guardrail-repeated': {
    message: 'The guardrail is listed twice.',
    hint: 'List it once; a guardrail runs in every step and in the bake.',
    reaction: 'permanent',
  },
  'policy/gate-repeated': {
    message: 'Two gates of one place have the same name.',
    hint: 'Names tell gates apart. Remove one of them, rename it, or give a wait a name of its own.',
    reaction: 'permanent',
  },
  'policy/mirror-after-users': {
    message: 'A step copies requests to the candidate after a step that sends users to it.',
    hint: 'Put the mirror steps first: with users on the candidate, its own requests would be copied to it again.',
    reaction: 'permanent',
  },
  'policy/audience-repeated': {
    message: 'The audience is switched on already.',
    hint: 'An audience stays on from its step to the cutover. Remove the second step; to wait longer, raise the hold of another.',
    reaction: 'permanent',
  },
  'policy/audience-unused': {
    message: 'No step switches this audience on.',
    hint: 'Add a step for it, or remove the definition.',
    reaction: 'permanent',
  },
  'policy/analysis-unused': {
    message: 'No gate and no guardrail uses this analysis.',
    hint: 'Use it in a gate or list it under guardrails, or remove the definition.',
    reaction: 'permanent',
  },
  'policy/audience-everyone': {
    message: 'This audience is everybody.',
    hint: 'A prefix of 0 matches every address, so the first step with it is a full cutover. Name the network that is meant.',
    reaction: 'permanent',
  },
  'policy/shift-not-growing': {
    message: 'A step does not give the candidate more than the step before.',
    hint: 'Weights grow from step to step. Going down is a rollback, which needs no step; to stay longer, raise the hold.',
    reaction: 'permanent',
  },
  'policy/raise-invalid': {
    message: 'A step can not raise its percent like this.',
    hint: 'raise.to lies above the percent of its step, not above the next step, and below 100; a gate of the step is an error-ratio that decides.',
    reaction: 'permanent',
  },
  'policy/shift-incomplete': {
    message: 'The shift does not end at 100.',
    hint: 'Add the step { to: 100 } at its end.',
    reaction: 'permanent',
  },
  'policy/step-after-cutover': {
    message: 'A step after the cutover can never be reached.',
    hint: 'After { to: 100 } comes the bake: put gates and waiting time there.',
    reaction: 'permanent',
  },
  'policy/step-unwatched': {
    message: 'Nobody looks at this step.',
    hint: 'It has neither a hold nor a gate, so the release goes straight on to the next one. Add one of both, or remove the step.',
    reaction: 'permanent',
  },
  'policy/analysis-before-traffic': {
    message: 'An analysis in verify sees no users.',
    hint: 'Before the first step only preview requests reach the candidate. Move the gate to a step, or make sure that such requests are sent.',
    reaction: 'permanent',
  },
  'policy/analysis-without-control': {
    message: 'There is nothing to compare with here.',
    hint: 'At 100 % the old version has no users, so nobody can say whether the new one is slower than it. Put the gate on a step below 100, use an error-ratio or a threshold here, or make it a dry run.',
    reaction: 'permanent',
  },
  'policy/limits-contradict': {
    message: 'Two limits of an analysis contradict each other.',
    hint: 'failAbove is below maxRatio, and harmlessRate below maxRate, which is above 0.',
    reaction: 'permanent',
  },
  'policy/bake-unwatched': {
    message: 'No analysis looks at the bake.',
    hint: 'Add an analysis to its gates or to guardrails; otherwise the bake only waits.',
    reaction: 'permanent',
  },
  'policy/longer-than-total': {
    message: 'A duration is longer than the whole release may take.',
    hint: 'Shorten it, or raise limits.total.',
    reaction: 'permanent',
  },
  'policy/sum-longer-than-total': {
    message: 'The release cannot end in time.',
    hint: 'Shorten holds, waits, windows or the bake, or raise limits.total.',
    reaction: 'permanent',
  },
  'policy/window-too-long': {
    message: 'The analysis can never see a full window here.',
    hint: 'Shorten its window, or raise the hold of the place or limits.decide.',
    reaction: 'permanent',
  },
  'policy/every-too-long': {
    message: 'The analysis would leave out part of the traffic.',
    hint: 'Measure at least once per window: shorten every, or raise the window.',
    reaction: 'permanent',
  },
  'policy/check-too-long': {
    message: 'The check can never use all its attempts.',
    hint: 'Lower its timeout or attempts, or raise the hold of the place or limits.decide.',
    reaction: 'permanent',
  },
  'policy/poll-too-long': {
    message: 'A write could never be seen in time.',
    hint: 'limits.poll must be shorter than limits.settle.',
    reaction: 'permanent',
  },
} as const satisfies Record<string, ErrorEntry>;
