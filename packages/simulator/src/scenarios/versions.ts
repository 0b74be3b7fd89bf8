import { exposedAtMost, failedRequestsBelow, keptOldUntil } from '../expect/harm.js';
import { notPromoted, promoted, rolledBack } from '../expect/outcomes.js';
import { clusteredErrors, coldStart, combined, leaking, slower, slowTail } from '../world/models/versions.js';
import type { Scenario } from './scenario.js';

/** Both versions fail 0.3 % of their requests. */
export const healthyRelease: Scenario = {
  name: 'healthy',
  happens: 'the new version is as good as the old one',
  wants: 'promote it',
  version: 'good',
  needs: [],
  world: () => ({ traffic: '200rps', active: { errorRate: 0.003 }, candidate: { errorRate: 0.003 } }),
  expected: () => [promoted(), failedRequestsBelow(0.004), keptOldUntil('promotion')],
};

export const crashOnBoot: Scenario = {
  name: 'crash-on-boot',
  happens: 'the new version never gets ready',
  wants: 'give up before any user meets it',
  version: 'bad',
  needs: [],
  world: () => ({ traffic: '200rps', candidate: { neverReady: true } }),
  expected: () => [rolledBack({ because: 'never-ready' }), exposedAtMost(0), failedRequestsBelow({ count: 1 })],
};

export const flat5pct: Scenario = {
  name: 'flat-5pct',
  happens: '5 % of the requests to the new version fail, against 0.3 %',
  wants: 'roll back within a look or two',
  version: 'bad',
  needs: ['limit'],
  world: () => ({ traffic: '200rps', active: { errorRate: 0.003 }, candidate: { errorRate: 0.05 } }),
  expected: () => [rolledBack({ within: '10m' }), failedRequestsBelow(0.01)],
};

export const doubleErrors: Scenario = {
  name: 'double-errors',
  happens: '0.6 % fail, against 0.3 %: below every usual limit',
  wants: 'roll back by comparison',
  version: 'bad',
  needs: ['comparison'],
  world: () => ({ traffic: '200rps', active: { errorRate: 0.003 }, candidate: { errorRate: 0.006 } }),
  expected: () => [notPromoted()],
};

export const totalFailure: Scenario = {
  name: 'total-failure',
  happens: 'every request to the new version fails, though its instances say that they are ready',
  wants: 'roll back after the first samples',
  version: 'bad',
  needs: ['limit'],
  world: () => ({ traffic: '200rps', active: { errorRate: 0.003 }, candidate: { errorRate: 1 } }),
  expected: () => [rolledBack({ within: '5m' }), failedRequestsBelow(0.05)],
};

export const slow25pct: Scenario = {
  name: 'slow-25pct',
  happens: 'every request takes 1.25 times as long',
  wants: 'roll back by the shares of slow requests',
  version: 'bad',
  needs: ['latency'],
  world: () => ({ traffic: '200rps', candidate: slower(1.25) }),
  expected: () => [notPromoted()],
};

export const tailOnly: Scenario = {
  name: 'tail-only',
  happens: '2 % of the requests take 500 ms more; the median is as it was',
  wants: 'roll back by the tail, while the median stays quiet',
  version: 'bad',
  needs: ['latency'],
  world: () => ({ traffic: '200rps', candidate: slowTail({ share: 0.02, addedMs: 500 }) }),
  expected: () => [notPromoted()],
};

export const coldGood: Scenario = {
  name: 'cold-good',
  happens: 'the new version is three times as slow for its first minutes, then fine',
  wants: 'wait until it is warm, and promote it',
  version: 'good',
  needs: [],
  world: () => ({
    traffic: '200rps',
    active: { errorRate: 0.003 },
    candidate: combined({ errorRate: 0.003 }, coldStart({ slowdown: 2, settle: '1m' })),
  }),
  expected: () => [promoted()],
};

export const noisyBursts: Scenario = {
  name: 'noisy-bursts',
  happens: 'a good version; errors come in clusters of five, so they vary nine times as much',
  wants: 'promote it all the same',
  version: 'good',
  needs: ['comparison'],
  world: () => ({
    traffic: { requestsPerSecond: 200, burstShape: 20 },
    active: combined({ errorRate: 0.003 }, clusteredErrors({ meanSize: 5 })),
    candidate: combined({ errorRate: 0.003 }, clusteredErrors({ meanSize: 5 })),
  }),
  expected: () => [promoted()],
};

export const leak4h: Scenario = {
  name: 'leak-4h',
  happens: 'memory is full after four hours with all users on it; then the instances die together',
  wants: 'keep the old environment warm through a long bake, and go back',
  version: 'bad',
  needs: ['long-bake'],
  world: () => ({
    traffic: '200rps',
    active: { errorRate: 0.003 },
    candidate: combined({ errorRate: 0.003 }, leaking({ after: '4h' })),
    service: { router: { deregistrationMs: 30_000 } },
  }),
  expected: () => [notPromoted(), keptOldUntil('4h')],
};

export const lateOnset: Scenario = {
  name: 'late-onset',
  happens: 'a tenth of the requests fails, but only from twenty minutes after the first user on',
  wants: 'go on watching, and roll back',
  version: 'bad',
  needs: ['limit', 'long-bake'],
  world: () => ({
    traffic: '200rps',
    active: { errorRate: 0.003 },
    candidate: { errorRate: 0.003, onset: { afterMs: 1_200_000, errorRate: 0.1 } },
  }),
  expected: () => [rolledBack({ within: '30m' })],
};

export const flapping: Scenario = {
  name: 'flapping',
  happens: 'instances of the new version lose and regain their readiness',
  wants: 'never let users meet a slot with nothing ready',
  version: 'bad',
  needs: [],
  world: () => ({ traffic: '200rps', candidate: { flaps: { meanUpMs: 60_000, meanDownMs: 60_000 } } }),
  expected: () => [notPromoted(), failedRequestsBelow(0.05)],
};
