import type { Goal, Row } from './row.js';

/** What one variant cost in each round, in milliseconds per item. */
export type Costs = Readonly<Record<string, readonly number[]>>;

export interface Clocks {
  /** Milliseconds of this process's processor, garbage collection included. */
  cpuMs(): number;
  /** Milliseconds of the wall. */
  wallMs(): number;
}

/** The real clocks, taken before anything can fake them. */
export function realClocks(): Clocks {
  const now = performance.now.bind(performance);
  const usage = process.cpuUsage.bind(process);
  return {
    wallMs: () => now(),
    cpuMs: () => {
      const { user, system } = usage();
      return (user + system) / 1_000;
    },
  };
}

export interface Variant {
  /** How many items one run of it makes. */
  readonly items: number;
  run(round: number): unknown;
}

/**
 * Runs every variant once per round, in rotating order, so that whatever else the machine does meets all of them alike.
 * The first `warmUps` rounds are not counted: code has to run a few times before it is compiled.
 */
export async function interleaved(
  variants: Readonly<Record<string, Variant>>,
  rounds: number,
  read: () => number,
  warmUps = 3,
): Promise<Costs> {
  const names = Object.keys(variants);
  const costs: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + Math.max(0, round)) % names.length]!;
      const variant = variants[name]!;
      const before = read();
      const result = variant.run(round);
      if (result instanceof Promise) await result;
      if (round >= 0) costs[name]!.push((read() - before) / variant.items);
    }
  }
  return costs;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}

const factor = { ns: 1_000_000, µs: 1_000, ms: 1, bytes: 1 } as const;

/** A row out of two variants: medians for people, the ratio from the rounds. */
export function rowOf(
  costs: Costs,
  row: { readonly id: string; readonly what: string; readonly unit: Row['unit']; readonly goal?: Goal },
  name: string,
  against: string,
  againstWhat: string,
): Row {
  const ours = costs[name]!;
  const theirs = costs[against]!;
  const ratios = ours.map((cost, round) => cost / theirs[round]!);
  return {
    ...row,
    value: median(ours) * factor[row.unit],
    against: againstWhat,
    againstValue: median(theirs) * factor[row.unit],
    ratio: median(ratios),
    ratioQuartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}
