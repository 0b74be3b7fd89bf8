/** What a judge says. `error`: the question could not be asked. */
export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'error';

/** The numbers behind a verdict, for people and for the report. */
export interface Evidence {
  readonly summary: string;
  /** Why there is no pass and no fail, as a stable word: `low-traffic`, `stale`, `no-series`. */
  readonly reason?: string;
  readonly value?: number;
  readonly limit?: number;
  readonly samples?: number;
  readonly windowMs?: number;
  /** What the same was for the active slot, and over how many of its requests. */
  readonly control?: { readonly value: number; readonly samples: number };
  /** How many times as much as the active slot, with bounds that hold at every instant; `null`: not known, unbounded. */
  readonly ratio?: { readonly estimate: number | null; readonly lower: number; readonly upper: number | null };
  /** How long until it may decide at this traffic; `null`: not in the time that is left. */
  readonly etaMs?: number | null;
  /** Whether the candidate should get more users, so that it decides in time, or fewer, because it may be bad. */
  readonly exposure?: 'raise' | 'lower';
}
