import type { MetricSample, MetricSignal } from '@bluegreen/contract';
import type { Counts } from './tally.js';

/** The samples of one instance's counters, oldest first; a restarted instance goes on here, from 0. */
export class SampleSeries {
  #at: number[] = [];
  #requests: number[] = [];
  #errors: number[] = [];

  get lastAt(): number | null {
    return this.#at.at(-1) ?? null;
  }

  push(at: number, counts: Counts): void {
    this.#at.push(at);
    this.#requests.push(counts.requests);
    this.#errors.push(counts.errors);
  }

  /** Samples of one signal with `fromMs <= at <= toMs`. */
  read(signal: MetricSignal, fromMs: number, toMs: number): MetricSample[] {
    const values = signal === 'requests' ? this.#requests : this.#errors;
    const samples: MetricSample[] = [];
    for (let index = this.#firstFrom(fromMs); index < this.#at.length && this.#at[index]! <= toMs; index++) {
      samples.push({ at: this.#at[index]!, value: values[index]! });
    }
    return samples;
  }

  /** Drops what is older, once that is at least half of it. */
  forgetBefore(fromMs: number): void {
    const old = this.#firstFrom(fromMs);
    if (old * 2 <= this.#at.length || old < 64) return;
    this.#at = this.#at.slice(old);
    this.#requests = this.#requests.slice(old);
    this.#errors = this.#errors.slice(old);
  }

  #firstFrom(fromMs: number): number {
    let low = 0;
    let high = this.#at.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at[middle]! < fromMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
