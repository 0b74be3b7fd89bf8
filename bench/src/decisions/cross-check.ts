import { errors, healthy, simulate } from '@bluegreen/simulator';
import type { Cell } from './tally.js';

/** Whole releases, engine and all, held against the judges that were fed look by look. */
export interface CrossCheck {
  readonly candidate: Cell['candidate'];
  readonly releases: number;
  readonly rolledBack: number;
  /** The share of the table. */
  readonly expected: number;
  readonly agrees: boolean;
}

const rates = { good: 0.003, fivefold: 0.015 } as const;

/** At 100 requests per second: a good version is promoted, one with five times the errors is rolled back. */
export function crossCheck(cells: readonly Cell[], releases: number): readonly CrossCheck[] {
  return (['good', 'fivefold'] as const).map((candidate) => {
    const cell = cells.find(
      (each) =>
        each.traffic === 100 && each.candidate === candidate && each.cluster === 1 && each.judge === 'sequential',
    );
    let rolledBack = 0;
    for (let seed = 1; seed <= releases; seed++) if (isRolledBack(seed, rates[candidate])) rolledBack += 1;
    const expected = cell?.rolledBack[0] ?? Number.NaN;
    const share = rolledBack / releases;
    const spread = 4 * Math.sqrt((expected * (1 - expected)) / releases) + 0.05;
    return { candidate, releases, rolledBack, expected, agrees: Math.abs(share - expected) <= spread };
  });
}

function isRolledBack(seed: number, rate: number): boolean {
  const { outcome } = simulate({
    policy: {
      analyses: { errors: { kind: 'error-ratio', maxRatio: 2, maxRate: 0.01 } },
      shift: [{ to: 10, hold: '5m', gates: [{ analysis: 'errors' }] }, { to: 100 }],
      retire: { after: 'immediately', drain: '5s' },
      limits: { decide: '55m', settle: '2m' },
    },
    seed,
    traffic: '100rps',
    active: healthy(0.003),
    candidate: errors({ rate }),
  });
  return outcome.kind === 'rolled-back';
}
