import { failedRequestsBelow, keptPromises, neverRoutedToUnready } from '../expect/harm.js';
import { notPromoted, promoted } from '../expect/outcomes.js';
import type { Scenario } from './scenario.js';

// What has gone wrong elsewhere in calls of providers, each as a world in which a good policy keeps its promises.

export const acceptedAndIgnored: Scenario = {
  name: 'accepted-and-ignored',
  happens: 'the provider says yes to a write and does nothing',
  wants: 'believe the read, not the answer, and write again',
  version: 'good',
  needs: [],
  seenIn: 'S10: argoproj/argo-rollouts#3333, kubernetes-sigs/aws-load-balancer-controller#3588',
  world: () => ({ traffic: '200rps', faults: [{ at: { operation: 'route', call: 2 }, fault: 'effect-lost' }] }),
  expected: () => [promoted(), keptPromises(), neverRoutedToUnready()],
};

export const acceptedAndLate: Scenario = {
  name: 'accepted-and-late',
  happens: 'a write takes effect a minute after it was accepted',
  wants: 'wait for it before anything that depends on it',
  version: 'good',
  needs: [],
  seenIn: 'S11, F4: argoproj/argo-rollouts#3333',
  world: () => ({
    traffic: '200rps',
    service: { router: { capabilities: { propagationMs: 5_000, lateWriteMs: 90_000 } } },
    faults: [{ at: { operation: 'route', call: 4 }, fault: 'effect-delayed', byMs: 60_000 }],
  }),
  expected: () => [promoted(), keptPromises(), neverRoutedToUnready()],
};

export const replyLost: Scenario = {
  name: 'reply-lost',
  happens: 'writes land, and their answers get lost',
  wants: 'read before anything is sent again',
  version: 'good',
  needs: [],
  seenIn: 'S39: helm/helm#7992, kubernetes/kubeadm#3095',
  world: () => ({
    traffic: '200rps',
    service: { router: { capabilities: { lateWriteMs: 10_000 } } },
    faults: [
      { at: { operation: 'route', call: 2 }, fault: 'reply-lost' },
      { at: { operation: 'converge', call: 1 }, fault: 'reply-lost' },
    ],
  }),
  expected: () => [promoted(), keptPromises(), failedRequestsBelow({ count: 1 })],
};

export const lateWrite: Scenario = {
  name: 'late-write',
  happens: 'a write hangs, is given up, and lands right after the way back was written',
  wants: 'write the way back again, and retire nothing before it holds',
  version: 'bad',
  needs: ['limit'],
  seenIn: 'S50',
  world: () => ({
    traffic: '200rps',
    candidate: { errorRate: 0.05 },
    service: { router: { capabilities: { fencing: 'none', lateWriteMs: 60_000, remembers: [] } } },
    faults: [{ at: { operation: 'route', call: 2 }, fault: 'hang', lands: 'after-next-write' }],
  }),
  expected: () => [notPromoted(), keptPromises()],
};

export const throttled: Scenario = {
  name: 'throttled',
  happens: 'the provider throttles reads and writes for minutes',
  wants: 'take no answer for an answer, and go on when it comes',
  version: 'good',
  needs: [],
  seenIn: 'S10, F12',
  world: () => ({
    traffic: '200rps',
    faults: [
      { at: { operation: 'observe-routing', call: 5, times: 10 }, fault: 'throttled' },
      { at: { operation: 'route', call: 2, times: 2 }, fault: 'throttled' },
    ],
  }),
  expected: () => [promoted(), keptPromises()],
};

export const providerOutage: Scenario = {
  name: 'provider-outage',
  happens: 'every call fails for five minutes in mid-shift',
  wants: 'count the blind time as nothing, and go on',
  version: 'good',
  needs: [],
  seenIn: 'F17',
  world: () => ({ traffic: '200rps', faults: [{ at: { time: 200_000 }, fault: 'outage', forMs: 120_000 }] }),
  expected: () => [promoted(), keptPromises()],
};

export const staleReads: Scenario = {
  name: 'stale-reads',
  happens: 'reads show old, new and old again after a write',
  wants: 'not take a stale read for somebody else’s change',
  version: 'good',
  needs: [],
  seenIn: 'F7, F8',
  world: () => ({
    traffic: '200rps',
    service: { router: { capabilities: { propagationMs: 3_000 } } },
    faults: [{ at: { operation: 'observe-routing', call: 8 }, fault: 'flapping' }],
  }),
  expected: () => [promoted(), keptPromises()],
};
