import {
  exposedAtMost,
  failedRequestsBelow,
  keptOldUntil,
  keptPromises,
  neverRoutedToUnready,
} from '../expect/harm.js';
import { notPromoted, promoted, rolledBack, stuck } from '../expect/outcomes.js';
import type { Scenario } from './scenario.js';

// What has gone wrong elsewhere around a release: other hands, other machines, missing people.

export const foreignEdit: Scenario = {
  name: 'foreign-edit',
  happens: 'somebody else turns all traffic to the old slot in mid-shift',
  wants: 'stop, say so, overwrite nothing; a person rolls back',
  version: 'either',
  needs: [],
  seenIn: 'S33: argoproj/argo-cd#9570, terraform-aws-modules/terraform-aws-alb#322',
  world: () => ({
    traffic: '200rps',
    held: { afterMs: 120_000, command: 'rollback' },
    faults: [{ at: { time: 200_000 }, fault: 'foreign-edit', stamp: 'removed' }],
  }),
  expected: () => [rolledBack({ because: 'person-asked' }), keptPromises()],
};

export const routingVanishes: Scenario = {
  name: 'routing-vanishes',
  happens: 'the routing object is deleted in mid-shift; every request goes to the old slot',
  wants: 'never take a missing object for a promotion',
  version: 'either',
  needs: [],
  seenIn: 'S32: argoproj/argo-rollouts#4750',
  world: () => ({
    traffic: '200rps',
    held: { afterMs: 120_000, command: 'rollback' },
    faults: [{ at: { time: 200_000 }, fault: 'routing-vanishes', serves: 'active' }],
  }),
  expected: () => [notPromoted(), keptPromises()],
};

export const candidateDies: Scenario = {
  name: 'candidate-dies',
  happens: 'every instance of the new version dies for good while it has users',
  wants: 'go back without waiting for it',
  version: 'bad',
  needs: [],
  seenIn: 'S28, F29',
  world: () => ({ traffic: '200rps', faults: [{ at: { time: 200_000 }, fault: 'candidate-dies' }] }),
  expected: () => [rolledBack(), keptOldUntil('promotion'), failedRequestsBelow(0.03)],
};

export const activeDies: Scenario = {
  name: 'active-dies',
  happens: 'the old version dies in mid-shift, and then the new one fails its guardrail',
  wants: 'not drain the last healthy side: ask for a person',
  version: 'bad',
  needs: ['limit'],
  seenIn: 'S14: fluxcd/flagger#1898',
  world: () => ({
    traffic: '200rps',
    candidate: { errorRate: 0.003, onset: { afterMs: 60_000, errorRate: 0.05 } },
    faults: [{ at: { time: 130_000 }, fault: 'active-dies' }],
  }),
  expected: () => [notPromoted(), keptPromises()],
};

export const slowRegistration: Scenario = {
  name: 'ready-but-unknown',
  happens: 'instances say that they are ready a minute before the router knows them',
  wants: 'wait for what the router says',
  version: 'good',
  needs: [],
  seenIn: 'S2: argoproj/argo-rollouts#4834',
  world: () => ({ traffic: '200rps', service: { router: { registrationMs: 60_000, reportsHealth: true } } }),
  expected: () => [promoted(), neverRoutedToUnready(), failedRequestsBelow({ count: 1 })],
};

export const crashLoop: Scenario = {
  name: 'crash-loop',
  happens: 'instances get ready and die again every minute, which looks like progress',
  wants: 'not promote it',
  version: 'bad',
  needs: [],
  seenIn: 'L2: argoproj/argo-rollouts#3765',
  world: () => ({ traffic: '200rps', candidate: { crashAfterMs: 60_000 } }),
  expected: () => [notPromoted(), failedRequestsBelow(0.05)],
};

export const emptyMetrics: Scenario = {
  name: 'empty-metrics',
  happens: 'the query answers with no series at all',
  wants: 'never take no data for a pass',
  version: 'either',
  needs: ['limit'],
  seenIn: 'S22: argoproj/argo-rollouts#1905, fluxcd/flagger#1035',
  world: () => ({
    traffic: '200rps',
    faults: [{ at: { operation: 'metrics', call: 1, times: 100_000 }, fault: 'metrics-empty' }],
  }),
  expected: () => [notPromoted()],
};

export const metricsNotANumber: Scenario = {
  name: 'metrics-not-a-number',
  happens: 'every value is NaN',
  wants: 'never take it for a pass',
  version: 'either',
  needs: ['limit'],
  seenIn: 'S22: seen in Argo Rollouts 1.9.1 with a failure condition alone',
  world: () => ({
    traffic: '200rps',
    faults: [{ at: { operation: 'metrics', call: 1, times: 100_000 }, fault: 'metrics-not-a-number' }],
  }),
  expected: () => [notPromoted()],
};

export const badWhileWaiting: Scenario = {
  name: 'bad-while-waiting',
  happens: 'the new version turns bad while everybody waits for a person',
  wants: 'go back, approval or not',
  version: 'bad',
  needs: ['limit'],
  seenIn: 'S24: fluxcd/flagger#1801',
  world: () => ({
    traffic: '200rps',
    approval: 'never',
    candidate: { errorRate: 0.003, onset: { afterMs: 120_000, errorRate: 0.1 } },
  }),
  expected: () => [notPromoted()],
};

export const nobodyApproves: Scenario = {
  name: 'nobody-approves',
  happens: 'nobody answers an approval before users come',
  wants: 'let it expire, with no user having met the new version',
  version: 'either',
  needs: [],
  seenIn: 'S18, F31',
  world: () => ({ traffic: '200rps', approval: 'never' }),
  expected: () => [rolledBack({ because: 'approval-expired' }), exposedAtMost(0)],
};

export const routerRestarts: Scenario = {
  name: 'router-restarts',
  happens: 'a router that keeps its weights in memory restarts after the cutover',
  wants: 'keep the old slot as long as a restart could bring users back to it',
  version: 'good',
  needs: [],
  seenIn: 'S53, F34: measured with HAProxy',
  world: () => ({
    traffic: '200rps',
    service: { router: { afterRestart: 'fallback' } },
    faults: [{ at: { time: 2_400_000 }, fault: 'router-restarts' }],
    held: { afterMs: 60_000, command: 'resume' },
  }),
  expected: () => [keptPromises(), neverRoutedToUnready()],
};

export const autoscalerInterferes: Scenario = {
  name: 'autoscaler-interferes',
  happens: 'an autoscaler wants fewer instances of the new version in mid-shift',
  wants: 'freeze it for as long as the release lasts',
  version: 'good',
  needs: [],
  seenIn: 'S17, F20: Shippable/support#5045, aws/containers-roadmap#794',
  world: () => ({
    traffic: '200rps',
    faults: [{ at: { time: 200_000 }, fault: 'autoscaler-interferes', slot: 'candidate', instances: 1 }],
  }),
  expected: () => [promoted(), keptPromises(), neverRoutedToUnready()],
};

export const rightsRevoked: Scenario = {
  name: 'rights-revoked',
  happens: 'the way back is refused for want of rights while the new version fails',
  wants: 'ask for a person',
  version: 'bad',
  needs: ['limit'],
  seenIn: 'S29, F13',
  world: () => ({
    traffic: '200rps',
    candidate: { errorRate: 0.05 },
    faults: [{ at: { operation: 'route', call: 3, times: 1_000 }, fault: 'denied' }],
  }),
  expected: () => [stuck(), keptOldUntil('promotion')],
};

export const checkHangs: Scenario = {
  name: 'check-hangs',
  happens: 'a check never answers',
  wants: 'end by its timeout, and not take silence for a pass',
  version: 'either',
  needs: [],
  seenIn: 'S19, L4: argoproj/argo-rollouts#3724',
  world: () => ({ traffic: '200rps', faults: [{ at: { operation: 'check', call: 1, times: 1_000 }, fault: 'hang' }] }),
  expected: () => [rolledBack({ because: 'smoke' }), exposedAtMost(0)],
};

export const silentRouter: Scenario = {
  name: 'silent-router',
  happens: 'one router of a fleet takes no changes for a while, and keeps the old weights',
  wants: 'not wait for it on the way back, and retire nothing that it still uses',
  version: 'bad',
  needs: ['limit'],
  seenIn: 'F33',
  world: () => ({
    traffic: '200rps',
    candidate: { errorRate: 0.05 },
    service: { router: { routers: 5, capabilities: { propagationMs: 2_000 } } },
    faults: [{ at: { time: 150_000 }, fault: 'router-silent', forMs: 60_000 }],
  }),
  expected: () => [rolledBack(), keptOldUntil('promotion')],
};
