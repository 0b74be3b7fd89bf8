import type { LabelledSeries } from './api.js';

/** One histogram of one process: at each instant how many took at most so long, edge by edge. */
export interface HistogramSeries {
  readonly kind: 'native' | 'classic';
  readonly labels: LabelledSeries['labels'];
  readonly samples: readonly CumulativeSample[];
}

export interface CumulativeSample {
  readonly at: number;
  readonly total: number;
  /** Ascending; `count` took at most `edge`, which is in the unit of the metric. Exact at these edges and nowhere else. */
  readonly edges: readonly { readonly edge: number; readonly count: number }[];
  /** Ranges in which something was counted and nobody knows where. Empty for a classic histogram. */
  readonly buckets: readonly { readonly lower: number; readonly upper: number }[];
}
