import type { MetricSample, MetricSignal } from '@bluegreen/contract';
import type { Counts } from './tally.js';

/** The samples of one instance's counters, oldest first; a restarted instance goes on here, from 0. */
export class SampleSeries {
  /** Kept as they are read: a sample lies in many windows. */
  #requests: MetricSample[] = [];
  #errors: MetricSample[] = [];
  #lastRequests = 0;
  #lastErrors = 0;

  get lastAt(): number | null {
    return this.#requests.at(-1)?.at ?? null;
  }

  /** Takes a sample; with a `factor` other than 1, increases show up multiplied by it. A counter that fell begins anew. */
  push(at: number, { requests, errors }: Counts, factor = 1): void {
    const isReset = requests < this.#lastRequests;
    const before = (samples: readonly MetricSample[]) => (isReset ? 0 : (samples.at(-1)?.value ?? 0));
    const increase = (now: number, last: number) => Math.round((isReset ? now : now - last) * factor);
    this.#requests.push({ at, value: before(this.#requests) + increase(requests, this.#lastRequests) });
    this.#errors.push({ at, value: before(this.#errors) + increase(errors, this.#lastErrors) });
    this.#lastRequests = requests;
    this.#lastErrors = errors;
  }

  /** Samples of one signal with `fromMs <= at <= toMs`. */
  read(
    signal: MetricSignal,
    fromMs: number,
    toMs: number,
    isVisible: (at: number) => boolean = always,
  ): MetricSample[] {
    const values = signal === 'requests' ? this.#requests : this.#errors;
    const from = this.#firstFrom(fromMs);
    let to = from;
    while (to < values.length && values[to]!.at <= toMs) to++;
    const samples = values.slice(from, to);
    return isVisible === always ? samples : samples.filter(({ at }) => isVisible(at));
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

function always(): boolean {
  return true;
}
