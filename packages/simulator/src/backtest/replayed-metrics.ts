import type { MetricReading, MetricSample, MetricSeries, MetricSignal, Slot } from '@bluegreen/contract';
import { keyedStreams, type StreamKey } from '../random/keyed-streams.js';
import type { MetricsArguments } from '../world/metrics-operation.js';
import { candidateSince, candidateUntil, type RecordedCounts, type Recording } from './recording.js';
import { thinCell } from './thinned-cells.js';

/** So far before a window its samples are shown, so that a series can be seen to be older. */
const lookbackMs = 300_000;

export interface Replayed {
  /** Requests and errors that the candidate is to be expected to have had under the replayed weights. */
  readonly candidateRequests: number;
  readonly candidateErrors: number;
  /** Of these errors, those beyond what the active version had at the same time. */
  readonly excessErrors: number;
  /** How much of the recorded traffic could be used since the candidate had users, 0 to 1. */
  readonly usedShare: number;
}

/**
 * The metrics of a recording, on the clock of the replay: the instant at which the recorded candidate got its first users
 * is the one at which the replayed candidate gets its own. Cells are dealt anew by the weights of the replay once they
 * are over.
 */
export class ReplayedMetrics {
  readonly #recording: Recording;
  readonly #streams: StreamKey;
  readonly #slots: { readonly active: Slot; readonly candidate: Slot };
  /** Every change of the share of the candidate, 0 to 1. */
  readonly #shares: { readonly at: number; readonly share: number }[] = [{ at: Number.NEGATIVE_INFINITY, share: 0 }];
  readonly #series: Record<Slot, Record<MetricSignal, MetricSample[]>> = { blue: empty(), green: empty() };
  #offsetMs: number | null = null;
  #next = 0;
  #recorded = 0;
  #used = 0;
  #candidateRequests = 0;
  #candidateErrors = 0;
  #excessErrors = 0;

  constructor(recording: Recording, seed: number, active: Slot, candidate: Slot) {
    this.#recording = recording;
    this.#streams = keyedStreams(seed).key('backtest', recording.name);
    this.#slots = { active, candidate };
  }

  /** When the candidate of the replay got its first users; `null`: not yet. */
  get candidateSince(): number | null {
    return this.#offsetMs === null ? null : candidateSince(this.#recording) + this.#offsetMs;
  }

  /** When the recorded candidate had its last users, on the clock of the replay; `null` while nobody knows. */
  get endsAt(): number | null {
    return this.#offsetMs === null ? null : candidateUntil(this.#recording) + this.#offsetMs;
  }

  /** From now on the candidate has this share of the users. */
  split(share: number, now: number): void {
    if (share > 0) this.#offsetMs ??= now - candidateSince(this.#recording);
    this.#shares.push({ at: now, share });
  }

  /** As a metric source would answer now. */
  read({ signal, window }: MetricsArguments, now: number): MetricReading {
    const fixedMs = this.#offsetMs;
    // Before the candidate has users only the past of the active version is there, up to the last recorded instant.
    const offsetMs = fixedMs ?? now - candidateSince(this.#recording);
    if (fixedMs !== null) this.#advance(now, fixedMs);
    const { fromMs, toMs } = window;
    const cut = (slot: Slot): readonly MetricSeries[] => {
      const all = fixedMs === null ? this.#past(slot, signal, offsetMs) : this.#series[slot][signal];
      const samples = all.filter(({ at }) => at >= fromMs - lookbackMs && at <= toMs);
      return samples.length === 0 ? [] : [samples];
    };
    return { blue: cut('blue'), green: cut('green') };
  }

  /** What it came to up to `now`. */
  replayed(now: number): Replayed {
    if (this.#offsetMs !== null) this.#advance(now, this.#offsetMs);
    return {
      candidateRequests: this.#candidateRequests,
      candidateErrors: this.#candidateErrors,
      excessErrors: this.#excessErrors,
      usedShare: this.#recorded === 0 ? 1 : this.#used / this.#recorded,
    };
  }

  #past(slot: Slot, signal: MetricSignal, offsetMs: number): readonly MetricSample[] {
    if (slot !== this.#slots.active) return [];
    const samples: MetricSample[] = [];
    for (const { fromMs, toMs, active, candidate } of this.#recording.cells) {
      if (candidate.requests > 0) break;
      push(samples, fromMs + offsetMs, toMs + offsetMs, active[signal]);
    }
    return samples;
  }

  #advance(now: number, offsetMs: number): void {
    const { cells } = this.#recording;
    for (; this.#next < cells.length && cells[this.#next]!.toMs + offsetMs <= now; this.#next++) {
      const cell = cells[this.#next]!;
      const [fromMs, toMs] = [cell.fromMs + offsetMs, cell.toMs + offsetMs];
      const share = this.#shareIn(fromMs, toMs);
      const thinned = thinCell(cell, share, this.#streams, this.#next);
      this.#add(this.#slots.active, fromMs, toMs, thinned.active);
      if (cell.fromMs < candidateSince(this.#recording)) continue;
      this.#add(this.#slots.candidate, fromMs, toMs, thinned.candidate);
      const total = cell.active.requests + cell.candidate.requests;
      this.#recorded += total;
      this.#used += total * thinned.used;
      const [rate, usual] = [rateOf(cell.candidate), rateOf(cell.active)];
      this.#candidateRequests += total * share;
      this.#candidateErrors += total * share * rate;
      this.#excessErrors += total * share * Math.max(0, rate - usual);
    }
  }

  #add(slot: Slot, fromMs: number, toMs: number, counts: RecordedCounts): void {
    for (const signal of ['requests', 'errors'] as const) {
      push(this.#series[slot][signal], fromMs, toMs, counts[signal]);
    }
  }

  /** The mean share of the candidate in a stretch of time. */
  #shareIn(fromMs: number, toMs: number): number {
    let sum = 0;
    this.#shares.forEach(({ at, share }, index) => {
      const begin = Math.max(fromMs, at);
      const end = Math.min(toMs, this.#shares[index + 1]?.at ?? toMs);
      if (end > begin) sum += share * (end - begin);
    });
    return sum / (toMs - fromMs);
  }
}

function empty(): Record<MetricSignal, MetricSample[]> {
  return { requests: [], errors: [] };
}

function push(samples: MetricSample[], fromMs: number, toMs: number, count: number): void {
  const last = samples.at(-1);
  const total = last?.value ?? 0;
  if (last === undefined || last.at < fromMs) samples.push({ at: fromMs, value: total });
  samples.push({ at: toMs, value: total + count });
}

function rateOf({ requests, errors }: RecordedCounts): number {
  return requests === 0 ? 0 : errors / requests;
}
