import { behaves, promoted, type Scenario } from '@bluegreen/simulator';

/** Every evening the traffic doubles. The new version has a lock that gives way under it: a rule of this shop alone. */
export const rushHour: Scenario = {
  name: 'rush-hour',
  happens: 'the release begins before the rush hour; under load a lock of the new version fails requests',
  wants: 'see it before everybody is on it',
  version: 'bad',
  needs: ['limit'],
  world: () => ({
    startsAt: '17:30',
    traffic: { requestsPerSecond: 300, surges: [{ afterMs: 1_200_000, forMs: 7_200_000, factor: 2 }] },
    candidate: behaves('lock under load', ({ requestsPerSecond }, { errorRate }) => ({
      errorRate: requestsPerSecond > 40 ? 0.05 : errorRate,
    })),
  }),
  expected: () => [],
};

/** The same evening with a version that is fine. */
export const quietEvening: Scenario = {
  ...rushHour,
  name: 'quiet-evening',
  version: 'good',
  world: () => ({ ...rushHour.world(), candidate: {} }),
  expected: () => [promoted()],
};
