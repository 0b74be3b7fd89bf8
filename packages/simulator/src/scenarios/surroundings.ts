import { failedRequestsBelow, keptPromises } from '../expect/harm.js';
import { notPromoted, promoted, rolledBack } from '../expect/outcomes.js';
import {
  badMigration,
  bug,
  coldCache,
  combined,
  dailyWindow,
  dependencyCalls,
  limitedCapacity,
} from '../world/models/versions.js';
import type { Scenario } from './scenario.js';

export const coldCacheStampede: Scenario = {
  name: 'cold-cache-stampede',
  happens: 'the new version starts with an empty cache; what it misses overloads the store that both versions share',
  wants: 'warm it up in small steps',
  version: 'good',
  needs: ['small-steps'],
  world: () => ({
    traffic: '200rps',
    candidate: coldCache({ requests: 300, missShare: 0.05, dependency: 'store' }),
    service: { dependencies: { store: { utilisation: 0.4 } } },
  }),
  expected: () => [promoted(), failedRequestsBelow(0.02)],
};

export const capacityCliff: Scenario = {
  name: 'capacity-cliff',
  happens: 'the new version keeps up with 60 % of the users, and not with more',
  wants: 'find out at a step, not after the cutover',
  version: 'bad',
  needs: ['limit'],
  world: () => ({ traffic: '200rps', candidate: limitedCapacity({ utilisation: 1.67 }) }),
  expected: () => [notPromoted()],
};

export const cohortBug: Scenario = {
  name: 'cohort-bug',
  happens: 'half of the requests of 2 % of the users fail',
  wants: 'roll back: it is one percent of all',
  version: 'bad',
  needs: ['comparison'],
  world: () => ({
    traffic: {
      requestsPerSecond: 200,
      people: { groups: { 'old app': { percent: 2, headers: { 'x-app': '1.0' } } } },
    },
    active: { errorRate: 0.003 },
    candidate: combined({ errorRate: 0.003 }, bug({ group: 'old app', errorRate: 0.5 })),
  }),
  expected: () => [notPromoted()],
};

export const endpointBug: Scenario = {
  name: 'endpoint-bug',
  happens: 'one endpoint, 3 % of the requests, always fails',
  wants: 'roll back',
  version: 'bad',
  needs: ['limit'],
  world: () => ({
    traffic: { requestsPerSecond: 200, endpointPercent: { '/checkout': 3 } },
    active: { errorRate: 0.003 },
    candidate: combined({ errorRate: 0.003 }, bug({ endpoint: '/checkout', errorRate: 1 })),
  }),
  expected: () => [rolledBack({ within: '15m' })],
};

export const midnightBug: Scenario = {
  name: 'midnight-bug',
  happens: 'the new version fails from 00:00 to 00:10; the release begins at 23:15',
  wants: 'still be watching at midnight',
  version: 'bad',
  needs: ['limit', 'long-bake'],
  world: () => ({
    traffic: '200rps',
    startsAt: '23:15',
    active: { errorRate: 0.003 },
    candidate: combined({ errorRate: 0.003 }, dailyWindow({ from: '00:00', to: '00:10' })),
  }),
  expected: () => [rolledBack()],
};

export const badMigrationScenario: Scenario = {
  name: 'bad-migration',
  happens: 'the first user on the new version changes the data: from then on both versions fail',
  wants: 'go back at the smallest step, and not claim that all is well again',
  version: 'bad',
  needs: ['limit', 'small-steps'],
  world: () => ({ traffic: '200rps', active: { errorRate: 0.003 }, candidate: badMigration({ errorRate: 0.3 }) }),
  expected: () => [notPromoted()],
};

export const dependencyAmplifier: Scenario = {
  name: 'dependency-amplifier',
  happens: 'the new version calls the database three times per request; with many users on it, both versions suffer',
  wants: 'notice although both are alike',
  version: 'bad',
  needs: ['limit'],
  world: () => ({
    traffic: '200rps',
    candidate: dependencyCalls({ dependency: 'database', perRequest: 3 }),
    service: { dependencies: { database: { utilisation: 0.45 } } },
  }),
  expected: () => [notPromoted()],
};

export const stickyUsers: Scenario = {
  name: 'sticky-users',
  happens: 'sessions are bound: after a change users move over half an hour',
  wants: 'decide by what was measured, keep the old slot until it is empty',
  version: 'good',
  needs: [],
  world: () => ({
    traffic: '200rps',
    active: { errorRate: 0.003 },
    candidate: { errorRate: 0.003 },
    service: { router: { lingering: { sessionMs: 600_000 } } },
  }),
  expected: () => [promoted(), keptPromises(), failedRequestsBelow(0.004)],
};

export const slowResolvers: Scenario = {
  name: 'slow-resolvers',
  happens: 'names are cached for a minute, and by 5 % of the resolvers for ten: after a rollback some still come',
  wants: 'keep the candidate answering until nobody comes',
  version: 'bad',
  needs: ['limit'],
  world: () => ({
    traffic: '200rps',
    candidate: { errorRate: 0.05 },
    service: { router: { lingering: { ttlMs: 60_000 } } },
  }),
  expected: () => [rolledBack(), keptPromises()],
};

export const lowTrafficNight: Scenario = {
  name: 'low-traffic-night',
  happens: 'one request in five seconds: an hour shows next to nothing',
  wants: 'not promote on a handful of requests',
  version: 'bad',
  needs: ['limit'],
  world: () => ({ traffic: '0.2rps', candidate: { errorRate: 0.05 } }),
  expected: () => [notPromoted()],
};

export const backgroundIncident: Scenario = {
  name: 'background-incident',
  happens: 'an outage that has nothing to do with the release hits both versions for ten minutes',
  wants: 'compare, hold, and promote when it is over',
  version: 'good',
  needs: ['comparison'],
  world: () => ({
    traffic: '200rps',
    active: { errorRate: 0.003 },
    candidate: { errorRate: 0.003 },
    service: { incidents: { errorRate: 0.02, slowdown: 1.5, at: [{ afterMs: 480_000, forMs: 600_000 }] } },
  }),
  expected: () => [promoted()],
};

export const diurnalDouble: Scenario = {
  name: 'diurnal-double',
  happens: 'traffic and errors of both versions double with the time of day',
  wants: 'promote: only a comparison with yesterday would fail here',
  version: 'good',
  needs: [],
  world: () => ({
    traffic: { requestsPerSecond: 200, dailySwing: 0.4, surges: [{ afterMs: 600_000, forMs: 7_200_000, factor: 2 }] },
    active: { errorRate: 0.003 },
    candidate: { errorRate: 0.003 },
  }),
  expected: () => [promoted()],
};
