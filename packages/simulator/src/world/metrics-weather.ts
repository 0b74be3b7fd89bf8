import { exponentialMs, normal } from '../random/durations.js';
import { gamma } from '../random/gamma.js';
import type { KeyedStreams, StreamKey } from '../random/keyed-streams.js';
import type { ResolvedMetrics } from './resolved-options.js';

/** What a metrics system does to samples on their way: they come late, some never, and none is exact. */
export class MetricsWeather {
  readonly #options: ResolvedMetrics;
  readonly #late: StreamKey;
  readonly #gap: StreamKey;
  readonly #noise: StreamKey;
  readonly #gaps: { readonly from: number; readonly to: number }[] = [];
  readonly #startedAt: number;
  #gapsUntil: number;

  constructor(options: ResolvedMetrics, streams: KeyedStreams, service: string, startedAt: number) {
    this.#options = options;
    this.#late = streams.key('metrics-late', service);
    this.#gap = streams.key('metrics-gap', service);
    this.#noise = streams.key('metrics-noise', service);
    this.#startedAt = startedAt;
    this.#gapsUntil = startedAt;
  }

  /** Nothing but the fixed lag keeps samples from being read. */
  get isClear(): boolean {
    return this.#options.lagJitterMs === 0 && this.#options.gapShare === 0;
  }

  /** Whether a sample of `at` can be read now. Its lag is `lagMs` and a gamma time with shape 2. */
  isVisible(at: number, now: number): boolean {
    const { lagMs, lagJitterMs } = this.#options;
    if (this.#isLost(at)) return false;
    if (lagJitterMs === 0) return at + lagMs <= now;
    const cell = Math.round((at - this.#startedAt) / this.#options.scrapeMs);
    return at + lagMs + (gamma(this.#late.at(cell), 2) * lagJitterMs) / 2 <= now;
  }

  /** What an increase looks like: the same factor for all counters of one scrape, mean 1. */
  factor(cell: number): number {
    const { noise } = this.#options;
    return noise === 0 ? 1 : Math.exp(noise * normal(this.#noise.at(cell)) - (noise * noise) / 2);
  }

  /** Gaps of exponential length, as often as their share of time asks. */
  #isLost(at: number): boolean {
    const { gapShare, gapMeanMs } = this.#options;
    if (gapShare === 0) return false;
    while (this.#gapsUntil <= at) {
      const stream = this.#gap.at(this.#gaps.length);
      const from = this.#gapsUntil + exponentialMs(stream, (gapMeanMs * (1 - gapShare)) / gapShare);
      this.#gapsUntil = from + exponentialMs(stream, gapMeanMs);
      this.#gaps.push({ from, to: this.#gapsUntil });
    }
    return this.#gaps.some(({ from, to }) => from <= at && at < to);
  }
}
