import { describe, expect, it } from 'vitest';
import { errors } from '../world/behaviour.js';
import { explore, printExploration } from './explore.js';
import { quick, scenarios } from './scenarios.fixture.js';
import type { SimulateOptions } from './setting.js';
import type { Trouble } from './trouble.js';

const handedOver = { ...quick, prepare: { autoscaling: 'freeze' }, workers: { onRollback: 'overlap' } } as const;
const resumed = { held: { afterMs: 20_000, command: 'resume' } } as const;

/** Trouble in which an earlier version broke a promise, and what it did. */
const found: readonly (readonly [what: string, options: SimulateOptions, trouble: Trouble])[] = [
  [
    'users went back to a slot that had just died (S14)',
    scenarios.bad!(3),
    { faults: [{ at: { operation: 'metrics', call: 6 }, fault: 'active-dies' }], crashes: [] },
  ],
  [
    'one old read of the candidate ended a first deployment (F7)',
    scenarios['first deploy']!(3),
    { faults: [{ at: { operation: 'observe-environment', call: 13 }, fault: 'stale' }], crashes: [] },
  ],
  [
    'the retention of a slot that had traffic again was counted from the promotion (S15)',
    scenarios.good!(3),
    { faults: [{ at: { operation: 'metrics', call: 33 }, fault: 'foreign-edit' }], crashes: [] },
  ],
  [
    'a slot that was dead got the users back, because its workers were started while it was looked at (S14)',
    { policy: handedOver, seed: 1, candidate: errors({ rate: 0.2, afterMs: 80_000 }) },
    { faults: [{ at: { time: 110_000 }, fault: 'active-dies' }], crashes: [] },
  ],
  [
    'a service was deployed while somebody else held the router of another one (S33)',
    { policy: quick, seed: 1, service: { environment: { latencyMs: 2_000 } }, others: { api: {} } },
    {
      faults: [{ at: { operation: 'observe-routing', call: 2, service: 'api' }, fault: 'routing-vanishes' }],
      crashes: [],
    },
  ],
];

describe('what exploration once found', () => {
  it.each(found)('does not happen again: %s', (_, options, trouble) => {
    expect(printExploration(explore({ ...options, ...resumed }, [trouble]))).toBe('');
  });
});
