import type { Slot } from '@bluegreen/contract';

/**
 * What a label must be: exactly this text, or not this text, or what a regular expression of Prometheus (RE2, anchored
 * at both ends) finds or does not find.
 */
export type LabelCondition =
  | string
  | { readonly not: string }
  | { readonly matches: string }
  | { readonly matchesNot: string };

/** Conditions by the name of the label; all of them hold. */
export type LabelMatch = Readonly<Record<string, LabelCondition>>;

/** A secret by its place, or by code of yours that is asked before every request. It is never kept, logged or thrown. */
export type Secret = { readonly env: string } | { readonly file: string } | (() => string | Promise<string>);

/** A counter: all series of this metric with these labels, added up after their increases were taken. */
export interface CounterQuery {
  readonly metric: string;
  readonly match?: LabelMatch;
}

/** Which requests were errors: some of `requests`, or a counter of its own. */
export interface ErrorQuery {
  /** Default: the metric of `requests`, of which `match` chooses some. */
  readonly metric?: string;
  readonly match?: LabelMatch;
  /**
   * For a metric of its own that has never been seen: believe that there were no errors. Without it the read fails
   * with `prometheus/errors-unknown`, because a misspelt name looks the same.
   */
  readonly zeroWhenNeverSeen?: boolean;
}

export interface HistogramQuery {
  /** Without `_bucket`. A native histogram is used where there is one, else a classic one. */
  readonly metric: string;
  readonly match?: LabelMatch;
  /** What it measures in. Default `'seconds'`. */
  readonly unit?: 'seconds' | 'milliseconds';
}

export interface TlsOptions {
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** PEM of a client certificate, with its key. */
  readonly certificate?: string;
  readonly key?: Secret;
  /** The name to expect in the certificate where it is not the host of `url`. */
  readonly serverName?: string;
}

/** Everything that `prometheusMetrics` is told. Plain data, but for secrets that are code. */
export interface PrometheusOptions {
  /** Where the query API is, without `/api/v1`: `https://prometheus.example.com`, or with a path. */
  readonly url: string;
  /** What the series of each service have in common, by the name that the releaser has for it. */
  readonly services: Readonly<Record<string, LabelMatch>>;
  /** What tells the slots apart. */
  readonly slots: Readonly<Record<Slot, LabelMatch>>;
  readonly requests: CounterQuery;
  readonly errors: ErrorQuery;
  readonly latency?: HistogramQuery;
  /** Labels whose values together name one scraped process. Default `['job', 'instance']`. */
  readonly instance?: readonly string[];
  /** Name of the source in messages. Default `'prometheus'`. */
  readonly name?: string;
  /** How long after a request its sample can be read at the latest, as `'30s'`. Default `'0s'`. */
  readonly lag?: string;
  /** For one query. Default `'10s'`. */
  readonly timeout?: string;
  /** Default 32 MiB. */
  readonly maxAnswerBytes?: number;
  readonly bearer?: Secret;
  readonly basic?: { readonly user: string; readonly password: Secret };
  readonly tls?: TlsOptions;
  /** More headers, as `X-Scope-OrgID` for a tenant. */
  readonly headers?: Readonly<Record<string, string | Secret>>;
  /** More parameters of each query, as `{ dedup: 'true' }` for Thanos. */
  readonly parameters?: Readonly<Record<string, string>>;
}
