import type { MetricSample, MetricSignal } from '@bluegreen/contract';
import type { Counts } from './tally.js';

/** The samples of one instance's counters, oldest first; a restarted instance goes on here, from 0. */
export class SampleSeries {
  /** Kept as they are read: a sample lies in many windows. */
  #requests: MetricSample[] = [];
  #errors: MetricSample[] = [];

  get lastAt(): number | null {
    return this.#requests.at(-1)?.at ?? null;
  }

  push(at: number, counts: Counts): void {
    this.#requests.push({ at, value: counts.requests });
    this.#errors.push({ at, value: counts.errors });
  }

  /** Samples of one signal with `fromMs <= at <= toMs`. */
  read(signal: MetricSignal, fromMs: number, toMs: number): MetricSample[] {
    const values = signal === 'requests' ? this.#requests : this.#errors;
    const from = this.#firstFrom(fromMs);
    let to = from;
    while (to < values.length && values[to]!.at <= toMs) to++;
    return values.slice(from, to);
  }

  /** Drops what is older, once that is at least half of it. */
  forgetBefore(fromMs: number): void {
    const old = this.#firstFrom(fromMs);
    if (old * 2 <= this.#requests.length || old < 64) return;
    this.#requests = this.#requests.slice(old);
    this.#errors = this.#errors.slice(old);
  }

  #firstFrom(fromMs: number): number {
    let low = 0;
    let high = this.#requests.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#requests[middle]!.at < fromMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
