import type { ErrorTable } from '@bluegreen/contract';

/** Every code of the simulator. The first group is about its use, the second plays a provider that says no. */
export const simulatorErrors = {
  'simulator/too-many-events': {
    message: 'The virtual clock ran more events than it may.',
    hint: 'Look for a timer that sets itself again without delay, or allow more with `maxEvents`.',
    reaction: 'permanent',
  },
  'simulator/clock-running': {
    message: 'This virtual clock is being run already.',
    hint: 'Call `runUntil` or `runAsync` from outside timers, and one at a time.',
    reaction: 'permanent',
  },
  'simulator/no-end': {
    message: 'The release has not ended within the horizon of the simulation.',
    hint: 'Look at what it waits for. Answer its approvals, or give a longer `horizonMs`.',
    reaction: 'permanent',
  },
  'simulator/delay-invalid': {
    message: 'A timer needs a finite delay.',
    hint: 'Give the delay in milliseconds; zero and less mean: at once.',
    reaction: 'permanent',
  },
  'simulator/world-invalid': {
    message: 'A world like this cannot exist.',
    hint: 'Change the option that the path names.',
    reaction: 'permanent',
  },
  'simulator/recording-invalid': {
    message: 'This recording cannot be replayed.',
    hint: 'Cells come oldest first without overlap, with whole numbers of requests and of errors among them.',
    reaction: 'permanent',
  },
  'simulator/sweep-invalid': {
    message: 'The values of a sweep have no place in this policy.',
    hint: "Name a place that the policy has, as 'analyses.errors.maxRate', and at least one value for it.",
    reaction: 'permanent',
  },
  'simulator/fault-invalid': {
    message: 'This fault cannot happen there.',
    hint: 'Look up which operations a fault applies to with `faultsOf(operation)`.',
    reaction: 'permanent',
  },
  'simulator/service-unknown': {
    message: 'The world has no service of this name.',
    hint: 'Name it under `services` when the world is made.',
    reaction: 'permanent',
  },
  'simulator/shards-differ': {
    message: 'These are not the parts of one comparison.',
    hint: 'Merge all shards, each once, of the same policies, scenarios, runs and seed.',
    reaction: 'permanent',
  },
  'simulator/aborted': {
    message: 'The caller stopped waiting.',
    hint: 'A write may still land, for as long as `lateWriteMs` says. Read before anything else.',
    reaction: 'read-back',
  },
  'simulator/unreachable': {
    message: 'The call never arrived.',
    hint: 'Nothing happened; send it again.',
    reaction: 'retry',
  },
  'simulator/reply-lost': {
    message: 'The connection broke before the answer came.',
    hint: 'The write may have landed, or may still land. Read before anything else.',
    reaction: 'read-back',
  },
  'simulator/outage': {
    message: 'The provider is down.',
    hint: 'Wait until it is back, then read.',
    reaction: 'read-back',
  },
  'simulator/throttled': {
    message: 'The provider asks for patience.',
    hint: 'Send it again after the delay that it names.',
    reaction: 'retry',
  },
  'simulator/conflict': {
    message: 'Somebody else changed it at the same moment.',
    hint: 'Read and decide again.',
    reaction: 'recompute',
  },
  'simulator/revision-changed': {
    message: 'The routing is not the one that was expected.',
    hint: 'Read and decide again.',
    reaction: 'recompute',
  },
  'simulator/sequence-passed': {
    message: 'A later write of the same owner is stored already.',
    hint: 'Read and decide again.',
    reaction: 'recompute',
  },
  'simulator/fenced': {
    message: 'A newer owner has written.',
    hint: 'Nothing to do: the newer owner goes on.',
    reaction: 'fenced',
  },
  'simulator/denied': {
    message: 'The credentials do not allow this.',
    hint: 'Give the orchestrator the right to make this call.',
    reaction: 'permanent',
  },
  'simulator/invalid-request': {
    message: 'The provider does not accept such a request.',
    hint: 'Sending it again cannot help; change what is asked.',
    reaction: 'permanent',
  },
  'simulator/not-found': {
    message: 'The object that the call is about does not exist.',
    hint: 'Restore it, or start from an empty place.',
    reaction: 'permanent',
  },
  'simulator/out-of-space': {
    message: 'There is no room to write.',
    hint: 'Free some space; nothing was changed.',
    reaction: 'permanent',
  },
  'simulator/weight-step': {
    message: 'This router cannot split that finely.',
    hint: 'Use multiples of `weightStepPercent`.',
    reaction: 'permanent',
  },
  'simulator/routing-unsupported': {
    message: 'This router has no such audience or cohort.',
    hint: 'Ask only for what its capabilities list.',
    reaction: 'permanent',
  },
} as const satisfies ErrorTable;

export type SimulatorErrorCode = keyof typeof simulatorErrors;
