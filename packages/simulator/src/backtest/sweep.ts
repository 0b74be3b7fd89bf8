import { type AnyPolicy, parsePolicy } from '@bluegreen/machine';
import { fail } from '../failure.js';
import type { BacktestOptions } from './backtest.js';
import { type BacktestTable, backtestAll } from './backtest-all.js';
import type { Recording } from './recording.js';

type Value = string | number | boolean;

/** Places in a policy, with dots between the keys, and the values to try there. */
export type Sweep = Readonly<Record<string, readonly Value[]>>;

/** One policy of a sweep. `policy` is whole: store it, or take its steps and analyses over into yours. */
export interface SweptPolicy extends BacktestTable {
  /** What was set where. */
  readonly values: Readonly<Record<string, Value>>;
}

/** A bound for what is tried: each of it is replayed on every recording. */
const mostPolicies = 1_000;

/**
 * Replays a policy with every combination of values on every recording. The best comes first: fewest bad versions
 * missed, then fewest good ones stopped, then fewest that stayed undecided, then fewest excess errors.
 *
 * Values that were chosen by a recording look better on it than they are: choose by some recordings, and judge what was
 * chosen by others.
 *
 * @throws `policy/…`, `simulator/recording-invalid`, `simulator/sweep-invalid`
 */
export function sweepPolicy(
  policy: AnyPolicy,
  sweep: Sweep,
  recordings: readonly Recording[],
  options: BacktestOptions = {},
): readonly SweptPolicy[] {
  const all = combinations(sweep);
  if (all.length > mostPolicies) throw fail('simulator/sweep-invalid', { detail: `${all.length} policies` });
  const policies = all.map((values) => ({ values, policy: withValues(policy, values) }));
  return policies
    .map(({ values, policy: one }) => ({ ...backtestAll(one, recordings, options), values }))
    .sort((a, b) => difference(rankOf(a), rankOf(b)));
}

function combinations(sweep: Sweep): readonly Readonly<Record<string, Value>>[] {
  let all: readonly Readonly<Record<string, Value>>[] = [{}];
  for (const [place, values] of Object.entries(sweep)) {
    if (values.length === 0) throw fail('simulator/sweep-invalid', { path: place, detail: 'no values' });
    all = all.flatMap((one) => values.map((value) => ({ ...one, [place]: value })));
  }
  return all;
}

function withValues(policy: AnyPolicy, values: Readonly<Record<string, Value>>): AnyPolicy {
  const copy = structuredClone(policy) as unknown as Record<string, unknown>;
  for (const [place, value] of Object.entries(values)) {
    const keys = place.split('.');
    const last = keys.pop()!;
    let at: unknown = copy;
    for (const key of keys) at = isHolder(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    if (!isHolder(at) || !Object.hasOwn(at, last)) throw fail('simulator/sweep-invalid', { path: place });
    at[last] = value;
  }
  return parsePolicy(copy);
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function rankOf({ missed, falseStops, outcomes, excessErrors }: BacktestTable): readonly number[] {
  const { good, bad, unknown } = outcomes;
  const open = [good, bad, unknown].reduce((sum, each) => sum + each.undecided + each.held + each['too-short'], 0);
  return [missed.length, falseStops.length, open, excessErrors];
}

function difference(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, position) => value !== b[position]);
  return index < 0 ? 0 : a[index]! - b[index]!;
}
