import type { ReadCall } from '@bluegreen/contract';
import { fail } from './failure.js';
import { type HttpAnswer, post } from './http.js';
import type { Settings } from './settings.js';

/** A sample of a native histogram, as the API writes it. */
export interface NativeSample {
  readonly at: number;
  readonly total: number;
  /** `upper` in the unit of the histogram; `count` of this bucket alone, oldest and lowest first. */
  readonly buckets: readonly { readonly lower: number; readonly upper: number; readonly count: number }[];
}

/** One series of an answer: numbers, or native histograms, oldest first. */
export interface LabelledSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly at: number; readonly value: number }[];
  readonly histograms: readonly NativeSample[];
}

/** The raw samples that a range selector finds in the range before `atMs`. */
export async function querySamples(
  settings: Settings,
  query: string,
  atMs: number,
  call: ReadCall,
): Promise<readonly LabelledSeries[]> {
  const data = await ask(settings, '/api/v1/query', { query, time: (atMs / 1_000).toFixed(3) }, call);
  const { resultType, result } = (data ?? {}) as { resultType?: unknown; result?: unknown };
  if (resultType !== 'matrix' || !Array.isArray(result)) throw unreadable('the result is no matrix');
  return result.map(readSeries);
}

/** The labels of every series that the selector found since `fromMs`. */
export async function queryLabels(
  settings: Settings,
  selector: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  call: ReadCall,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const span = { start: (fromMs / 1_000).toFixed(3), end: (toMs / 1_000).toFixed(3) };
  const data = await ask(settings, '/api/v1/series', { 'match[]': selector, ...span }, call);
  if (!Array.isArray(data)) throw unreadable('the data is no list of series');
  return data;
}

async function ask(settings: Settings, path: string, form: Record<string, string>, call: ReadCall): Promise<unknown> {
  const answer = await post(settings, path, new URLSearchParams({ ...settings.parameters, ...form }), call);
  const body = readJson(answer);
  if (answer.status !== 200 || body?.status !== 'success') throw refusal(answer, body);
  // A warning of Prometheus or Thanos says that a store or a remote did not answer: the rest is not the whole.
  const warnings = Array.isArray(body.warnings) ? body.warnings.map(String) : [];
  if (warnings.length > 0) throw fail('prometheus/partial-answer', { detail: clip(warnings.join('; ')) });
  return body.data;
}

interface Body {
  readonly status?: unknown;
  readonly data?: unknown;
  readonly error?: unknown;
  readonly errorType?: unknown;
  readonly warnings?: unknown;
}

function readJson({ body }: HttpAnswer): Body | null {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === 'object' && read !== null ? (read as Body) : null;
  } catch {
    return null;
  }
}

/**
 * What a status means: https://prometheus.io/docs/prometheus/latest/querying/api/ (400 bad parameter, 422 cannot be
 * executed, 503 timed out or aborted). What stands before Prometheus adds the others.
 */
function refusal({ status, retryAfterMs }: HttpAnswer, body: Body | null): Error {
  const said = typeof body?.error === 'string' ? `: ${clip(body.error)}` : '';
  const detail = `status ${status}${said}`;
  if (status === 401 || status === 403) return fail('prometheus/not-permitted', { detail });
  if (status === 429 || status === 503) {
    return fail('prometheus/overloaded', { detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
  if (status >= 500) return fail('prometheus/unreachable', { detail });
  if (status >= 300 && body?.error === undefined) return fail('prometheus/not-an-api', { detail });
  if (status === 200 && body === null) return unreadable('it is no JSON');
  return fail('prometheus/query-refused', { detail });
}

function readSeries(given: { metric?: Record<string, string>; values?: unknown[]; histograms?: unknown[] }) {
  const { metric = {}, values = [], histograms = [] } = given ?? {};
  if (!Array.isArray(values) || !Array.isArray(histograms)) throw unreadable('a series has no list of samples');
  return {
    labels: metric,
    samples: values.map((pair) => ({ at: readInstant(pair), value: readValue((pair as unknown[])[1]) })),
    histograms: histograms.map(readHistogram),
  };
}

/** Seconds with a fraction; in milliseconds they are whole, but not as a product of floating point numbers. */
function readInstant(pair: unknown): number {
  const seconds = Array.isArray(pair) ? Number(pair[0]) : Number.NaN;
  if (!Number.isFinite(seconds)) throw unreadable('a sample has no instant');
  return Math.round(seconds * 1_000);
}

/** `NaN` and `+Inf` are passed on: the gate says what is wrong with them. */
function readValue(text: unknown): number {
  if (typeof text !== 'string') throw unreadable('a sample has no value');
  return text === '+Inf' || text === 'Inf'
    ? Number.POSITIVE_INFINITY
    : text === '-Inf'
      ? Number.NEGATIVE_INFINITY
      : Number(text);
}

function readHistogram(pair: unknown): NativeSample {
  const at = readInstant(pair);
  const { count, buckets } = ((pair as unknown[])[1] ?? {}) as { count?: unknown; buckets?: unknown[] };
  const list = (buckets ?? []).map((bucket) => {
    const [, lower, upper, inside] = bucket as unknown[];
    return { lower: readValue(lower), upper: readValue(upper), count: readValue(inside) };
  });
  return { at, total: readValue(count), buckets: list };
}

function unreadable(detail: string): Error {
  return fail('prometheus/answer-unreadable', { detail });
}

function clip(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
