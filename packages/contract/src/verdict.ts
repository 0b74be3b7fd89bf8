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
}
