import type { RunRow } from './run-row.js';
import { ValueCounter, type ValueCounts } from './value-counts.js';

/** Everything that was counted for one policy in one scenario. Plain data; tallies of other runs merge into it exactly. */
export interface PolicyTally {
  readonly runs: number;
  /** By outcome: promoted, rolled back, stuck, no end. */
  readonly outcomes: readonly [number, number, number, number];
  /** Of the rolled back: by evidence, by a deadline, by trouble. */
  readonly causes: readonly [number, number, number];
  /** Runs in which the policy did not do what the scenario wants. */
  readonly missed: number;
  readonly failed: ValueCounts;
  readonly excessFailed: ValueCounts;
  readonly candidateRequests: ValueCounts;
  /** Of the runs in which it came to it. */
  readonly detectedMs: ValueCounts;
  readonly leadMs: ValueCounts;
  readonly doubleRunningMs: ValueCounts;
  readonly weightChanges: ValueCounts;
  /** Against the first policy, run by run with the same seed. */
  readonly failedMore: ValueCounts;
  /** Runs that this one promoted and the first did not, and the other way round. */
  readonly flips: readonly [number, number];
}

const counted = [
  'failed',
  'excessFailed',
  'candidateRequests',
  'detectedMs',
  'leadMs',
  'doubleRunningMs',
  'weightChanges',
  'failedMore',
] as const satisfies readonly (keyof PolicyTally)[];

export class PolicyCounter {
  readonly #outcomes: [number, number, number, number] = [0, 0, 0, 0];
  readonly #causes: [number, number, number] = [0, 0, 0];
  readonly #flips: [number, number] = [0, 0];
  readonly #values = Object.fromEntries(counted.map((field) => [field, new ValueCounter()])) as Record<
    (typeof counted)[number],
    ValueCounter
  >;
  #runs = 0;
  #missed = 0;

  /** @param first the run of the first policy with the same seed. */
  add(row: RunRow, first: RunRow): void {
    this.#runs++;
    this.#outcomes[row.outcome as 0]++;
    if (row.outcome === 1 && row.cause > 0) this.#causes[(row.cause - 1) as 0]++;
    this.#missed += row.missed;
    const { failed, excessFailed, candidateRequests, doubleRunningMs, weightChanges } = row;
    for (const [field, value] of Object.entries({
      failed,
      excessFailed,
      candidateRequests,
      doubleRunningMs,
      weightChanges,
      failedMore: failed - first.failed,
    })) {
      this.#values[field as 'failed'].add(value);
    }
    if (row.detectedMs >= 0) this.#values.detectedMs.add(row.detectedMs);
    if (row.leadMs >= 0) this.#values.leadMs.add(row.leadMs);
    if (row.outcome === 0 && first.outcome !== 0) this.#flips[0]++;
    if (row.outcome !== 0 && first.outcome === 0) this.#flips[1]++;
  }

  merge(tally: PolicyTally): void {
    this.#runs += tally.runs;
    this.#missed += tally.missed;
    for (const index of [0, 1, 2, 3] as const) this.#outcomes[index] += tally.outcomes[index];
    for (const index of [0, 1, 2] as const) this.#causes[index] += tally.causes[index];
    for (const index of [0, 1] as const) this.#flips[index] += tally.flips[index];
    for (const field of counted) this.#values[field].addAll(tally[field]);
  }

  get tally(): PolicyTally {
    const values = Object.fromEntries(counted.map((field) => [field, this.#values[field].counts]));
    return {
      runs: this.#runs,
      outcomes: [...this.#outcomes],
      causes: [...this.#causes],
      missed: this.#missed,
      flips: [...this.#flips],
      ...(values as Record<(typeof counted)[number], ValueCounts>),
    };
  }
}
