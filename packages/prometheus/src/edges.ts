import type { CumulativeSample, HistogramSeries } from './histogram-series.js';

/** More of them say nothing more about latencies, and each is a counter of its own for every process. */
const mostEdges = 65;
/** Native histograms are read at most this fine: four edges for each doubling. */
const finestSchema = 2;
/** From about 1 ms to about a minute, as powers of two. */
const powers = { seconds: { first: -10, last: 6 }, milliseconds: { first: 0, last: 16 } };
/** Edges of native histograms are powers that are printed in decimals. */
const tolerance = 1e-9;

/**
 * The edges at which every histogram is exact, in the unit of the metric.
 *
 * Classic histograms are exact at the edges that they all have. Native ones are exact between their buckets, whose edges
 * are powers of 2^(2^-schema); a fixed grid of such powers is read, so that the edges stay the same from one read to the
 * next, whatever was counted in between. Only a resolution that was reduced below the grid changes them.
 */
export function commonEdges(all: readonly HistogramSeries[], unitMs: number): readonly number[] {
  const native = all.filter(({ kind }) => kind === 'native').flatMap(({ samples }) => samples);
  const classic = all.filter(({ kind }) => kind === 'classic').flatMap(({ samples }) => samples);
  const candidates = native.length > 0 ? nativeEdges(native, unitMs) : [...new Set(classic.flatMap(edgesOf))];
  const exact = candidates.filter(
    (edge) =>
      Number.isFinite(edge) && edge > 0 && classic.every((sample) => edgesOf(sample).some((own) => isSame(own, edge))),
  );
  const ascending = exact.sort((a, b) => a - b);
  const every = Math.ceil(ascending.length / mostEdges);
  return ascending.filter((_, index) => index % every === 0);
}

/** How many took at most so long. */
export function countAt({ edges }: CumulativeSample, edge: number): number {
  let count = 0;
  for (const each of edges) {
    if (each.edge > edge * (1 + tolerance)) break;
    count = each.count;
  }
  return count;
}

function nativeEdges(samples: readonly CumulativeSample[], unitMs: number): readonly number[] {
  const schema = samples
    .flatMap(({ buckets }) => buckets)
    .filter(({ lower }) => lower > 0)
    .reduce((coarsest, bucket) => Math.min(coarsest, schemaOf(bucket)), finestSchema);
  // Buckets that are no powers (histograms with bounds of their own) are exact where they were seen to end.
  if (Number.isNaN(schema)) {
    return [...new Set(samples.flatMap(edgesOf))].filter((edge) => samples.every((sample) => isExactAt(sample, edge)));
  }
  const { first, last } = unitMs === 1 ? powers.milliseconds : powers.seconds;
  const perDoubling = 2 ** schema;
  const edges: number[] = [];
  for (let index = Math.ceil(first * perDoubling); index <= last * perDoubling; index++) {
    edges.push(2 ** (index / perDoubling));
  }
  return edges;
}

/** https://prometheus.io/docs/specs/native_histograms/: the edges of schema s are 2^(i · 2^-s). NaN for any others. */
function schemaOf({ lower, upper }: { readonly lower: number; readonly upper: number }): number {
  const schema = Math.round(-Math.log2(Math.log2(upper / lower)));
  const index = Math.log2(upper) * 2 ** schema;
  const isPower = Math.abs(index - Math.round(index)) < 1e-6 && isSame(upper / lower, 2 ** (2 ** -schema), 1e-6);
  return isPower ? schema : Number.NaN;
}

function edgesOf({ edges }: CumulativeSample): readonly number[] {
  return edges.map(({ edge }) => edge);
}

function isExactAt({ buckets }: CumulativeSample, edge: number): boolean {
  return buckets.every(({ lower, upper }) => edge <= lower * (1 + tolerance) || edge >= upper * (1 - tolerance));
}

function isSame(a: number, b: number, within = tolerance): boolean {
  return Math.abs(a - b) <= within * Math.max(Math.abs(a), Math.abs(b));
}
