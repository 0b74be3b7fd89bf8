/** How often each whole number came up, ascending. Plain data; two of them merge to what one would have counted. */
export type ValueCounts = readonly (readonly [value: number, count: number])[];

export interface Estimate {
  readonly value: number;
  /** Of 95 %. */
  readonly lower: number;
  readonly upper: number;
}

/** Collects whole numbers. Sums are exact, so the order in which they come makes no difference. */
export class ValueCounter {
  readonly #counts = new Map<number, number>();

  add(value: number, count = 1): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
  }

  addAll(counts: ValueCounts): void {
    for (const [value, count] of counts) this.add(value, count);
  }

  get counts(): ValueCounts {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
}

export function countOf(counts: ValueCounts): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

/** The mean with Student's interval; without spread where there are fewer than two values. `null`: no value. */
export function meanOf(counts: ValueCounts): Estimate | null {
  const n = countOf(counts);
  if (n === 0) return null;
  const mean = counts.reduce((sum, [value, count]) => sum + value * count, 0) / n;
  if (n === 1) return { value: mean, lower: mean, upper: mean };
  const square = counts.reduce((sum, [value, count]) => sum + count * (value - mean) ** 2, 0) / (n - 1);
  const half = studentQuantile(n - 1) * Math.sqrt(square / n);
  return { value: mean, lower: mean - half, upper: mean + half };
}

/** A quantile with the interval of its order statistics. `null`: no value. */
export function quantileOf(counts: ValueCounts, share: number): Estimate | null {
  const n = countOf(counts);
  if (n === 0) return null;
  const half = z95 * Math.sqrt(n * share * (1 - share));
  return {
    value: atRank(counts, Math.ceil(n * share)),
    lower: atRank(counts, Math.max(1, Math.floor(n * share - half))),
    upper: atRank(counts, Math.min(n, Math.ceil(n * share + half) + 1)),
  };
}

const z95 = 1.959963984540054;

/** The 97.5 % quantile of Student's t, by its expansion around the normal one (M. Abramowitz and I. A. Stegun, 26.7.5). */
function studentQuantile(degrees: number): number {
  const z = z95;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

function atRank(counts: ValueCounts, rank: number): number {
  let seen = 0;
  for (const [value, count] of counts) {
    seen += count;
    if (seen >= rank) return value;
  }
  return counts.at(-1)![0];
}
