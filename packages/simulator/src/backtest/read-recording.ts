import { type MetricReading, type MetricSource, type MetricSpan, otherSlot, type Slot } from '@bluegreen/contract';
import { increaseOf } from '@bluegreen/gates';
import { fail } from '../failure.js';
import { checkRecording, type RecordedCell, type RecordedCounts, type Recording } from './recording.js';

interface About {
  readonly name: string;
  readonly truth?: 'good' | 'bad';
}

/** Which slot was the candidate in the recorded release, and how long a cell of the recording shall be. */
export interface CellOptions extends About, MetricSpan {
  readonly candidate: Slot;
  /** Default 15,000. Not shorter than the interval of the scrapes. */
  readonly everyMs?: number;
}

/** Reads the past of a release from the metric source that its gates ask. */
export async function recordFrom(
  source: MetricSource,
  { service, signal, ...options }: CellOptions & { readonly service: string; readonly signal?: AbortSignal },
): Promise<Recording> {
  const call = { signal: signal ?? new AbortController().signal };
  const span = { fromMs: options.fromMs, toMs: options.toMs };
  const [requests, errors] = await Promise.all(
    (['requests', 'errors'] as const).map((metric) => source.read(service, span, metric, call)),
  );
  return recordingOf({ requests: requests!, errors: errors! }, options);
}

/** Raw samples as a recording: what each version answered in each cell, over all its instances, resets included. */
export function recordingOf(
  { requests, errors }: { readonly requests: MetricReading; readonly errors: MetricReading },
  { name, truth, candidate, fromMs, toMs, everyMs = 15_000 }: CellOptions,
): Recording {
  const cells: RecordedCell[] = [];
  // A counter grows between two samples, so a cell begins at the last one that is not after its begin.
  const instants = [...new Set([...requests.blue, ...requests.green].flat().map(({ at }) => at))].sort((a, b) => a - b);
  const sampleAt = (instant: number): number | undefined => instants.findLast((at) => at <= instant);
  for (let from = fromMs; from + everyMs <= toMs; from += everyMs) {
    const [begin, end] = [sampleAt(from), sampleAt(from + everyMs)];
    if (begin === undefined || end === undefined || end <= begin) continue;
    const counts = (slot: Slot): RecordedCounts => {
      const span = { fromMs: begin, toMs: end };
      const asked = increaseOf(requests[slot], errors[slot], span);
      const failed = increaseOf(errors[slot], requests[slot], span);
      const all = asked.kind === 'counted' ? asked.count : 0;
      return { requests: all, errors: failed.kind === 'counted' ? Math.min(all, failed.count) : 0 };
    };
    cells.push({ fromMs: begin, toMs: end, active: counts(otherSlot(candidate)), candidate: counts(candidate) });
  }
  return checked({ name, cells, ...(truth === undefined ? {} : { truth }) });
}

/** An answer of the range query API of Prometheus, as saved: cumulative counters at steps. */
export interface PrometheusRange {
  readonly data?: {
    readonly resultType?: string;
    readonly result?: readonly { readonly values?: readonly (readonly [number, string])[] }[];
  };
}

/**
 * Four saved answers of `query_range`, each of a plain counter without `rate()` around it. Between its steps a range query
 * repeats what it saw last, so let its step be the interval of the scrapes.
 */
export function recordingOfPrometheus(
  ranges: Readonly<Record<'requests' | 'errors', Readonly<Record<Slot, PrometheusRange>>>>,
  options: CellOptions,
): Recording {
  const read = ({ blue, green }: Readonly<Record<Slot, PrometheusRange>>, what: string): MetricReading => ({
    blue: seriesOf(blue, options.name, `${what}.blue`),
    green: seriesOf(green, options.name, `${what}.green`),
  });
  return recordingOf({ requests: read(ranges.requests, 'requests'), errors: read(ranges.errors, 'errors') }, options);
}

function seriesOf(range: PrometheusRange, name: string, path: string): MetricReading[Slot] {
  const { resultType, result } = range?.data ?? {};
  if (resultType !== 'matrix' || !Array.isArray(result)) throw refusal(name, path, 'it is no answer of query_range');
  return result.map(({ values }) => {
    const samples = (values ?? []).map(([seconds, text]: readonly [number, string]) => {
      return { at: Math.round(seconds * 1_000), value: Number(text) };
    });
    if (samples.some(({ value }: { value: number }) => !Number.isSafeInteger(value))) {
      throw refusal(name, path, 'a value is no whole number: save the counter itself, without rate() around it');
    }
    return samples;
  });
}

const columns = ['from', 'to', 'active_requests', 'active_errors', 'candidate_requests', 'candidate_errors'];

/**
 * A table with one line for each cell, under the heads `from, to, active_requests, active_errors, candidate_requests,
 * candidate_errors` in any order. Instants are milliseconds since the epoch or ISO 8601 with a time zone.
 */
export function recordingOfCsv(text: string, about: About): Recording {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const heads = (lines[0] ?? '').split(',').map((head) => head.trim());
  const missing = columns.filter((column) => !heads.includes(column));
  if (missing.length > 0) throw refusal(about.name, 'line 1', `there is no column ${missing.join(', ')}`);
  const cells = lines.slice(1).map((line, index): RecordedCell => {
    const path = `line ${index + 2}`;
    const fields = line.split(',').map((field) => field.trim());
    const field = (column: string): string => fields[heads.indexOf(column)] ?? '';
    const count = (column: string): number => {
      if (!/^\d+$/.test(field(column))) throw refusal(about.name, path, `${column} is "${field(column)}"`);
      return Number(field(column));
    };
    return {
      fromMs: instantOf(field('from'), about.name, path),
      toMs: instantOf(field('to'), about.name, path),
      active: { requests: count('active_requests'), errors: count('active_errors') },
      candidate: { requests: count('candidate_requests'), errors: count('candidate_errors') },
    };
  });
  return checked({ ...about, cells });
}

function instantOf(text: string, name: string, path: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) return Date.parse(text);
  throw refusal(name, path, `"${text}" is no instant; a time without a zone means another one elsewhere`);
}

function checked(recording: Recording): Recording {
  checkRecording(recording);
  return recording;
}

function refusal(name: string, path: string, detail: string): Error {
  return fail('simulator/recording-invalid', { path, detail: `${name}: ${detail}` });
}
