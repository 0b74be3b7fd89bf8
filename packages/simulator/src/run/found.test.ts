import { describe, expect, it } from 'vitest';
import { explore, printExploration } from './explore.js';
import { scenarios } from './scenarios.fixture.js';
import type { SimulateOptions } from './setting.js';
import type { Trouble } from './trouble.js';

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
];

describe('what exploration once found', () => {
  it.each(found)('does not happen again: %s', (_, options, trouble) => {
    expect(printExploration(explore({ ...options, ...resumed }, [trouble]))).toBe('');
  });
});
