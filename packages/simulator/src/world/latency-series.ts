import type { MetricSample } from '@bluegreen/contract';
import { binomial } from '../random/binomial.js';
import type { StreamKey } from '../random/keyed-streams.js';
import { type LatencyShape, shareWithin } from './models/latency-shape.js';

/** How long the requests of one instance took, as cumulative counts below edges. Drawn when somebody asks, once. */
export class LatencySeries {
  readonly #key: StreamKey;
  readonly #edges: readonly number[];
  readonly #at: number[] = [];
  readonly #requests: number[] = [];
  readonly #shapes: LatencyShape[] = [];
  /** Per sample: cumulative counts, one per edge. */
  readonly #counts: number[][] = [];

  constructor(key: StreamKey, edges: readonly number[]) {
    this.#key = key;
    this.#edges = edges;
  }

  push(at: number, requests: number, shape: LatencyShape): void {
    this.#at.push(at);
    this.#requests.push(requests);
    this.#shapes.push(shape);
  }

  /** Samples of one edge with `fromMs <= at <= toMs`. */
  read(edge: number, isVisible: (at: number) => boolean, fromMs: number, toMs: number): MetricSample[] {
    this.#draw();
    const samples: MetricSample[] = [];
    for (let index = 0; index < this.#at.length; index++) {
      const at = this.#at[index]!;
      if (at > toMs) break;
      if (at >= fromMs && isVisible(at)) samples.push({ at, value: this.#counts[index]![edge]! });
    }
    return samples;
  }

  #draw(): void {
    for (let index = this.#counts.length; index < this.#at.length; index++) {
      const requests = this.#requests[index]!;
      const earlier = index === 0 ? 0 : this.#requests[index - 1]!;
      const isReset = requests < earlier;
      const before = index === 0 || isReset ? null : this.#counts[index - 1]!;
      const drawn = this.#drawOne(index, isReset ? requests : requests - earlier);
      this.#counts.push(before === null ? drawn : drawn.map((count, edge) => count + before[edge]!));
    }
  }

  /** So many requests, each below its edge with the chance that the shape gives: binomials, edge after edge. */
  #drawOne(index: number, requests: number): number[] {
    const stream = this.#key.at(index);
    const shape = this.#shapes[index]!;
    let left = requests;
    let below = 0;
    let cumulative = 0;
    return this.#edges.map((edge) => {
      const share = shareWithin(shape, edge);
      const chance = below >= 1 ? 0 : Math.min(1, Math.max(0, (share - below) / (1 - below)));
      const count = edge === Number.POSITIVE_INFINITY ? left : binomial(stream, left, chance);
      left -= count;
      below = share;
      cumulative += count;
      return cumulative;
    });
  }
}
