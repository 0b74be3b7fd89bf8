import { binomial } from '../random/binomial.js';
import { clustered } from '../random/clusters.js';
import type { StreamKey } from '../random/keyed-streams.js';
import { poisson } from '../random/poisson.js';

/** How many requests came and how many of them failed. */
export interface Counts {
  readonly requests: number;
  readonly errors: number;
}

/**
 * A counter of things that happen at random. Between two cells it only sums up what is to be expected, which costs
 * the same at any rate; the number itself is drawn once per cell, from the cell's own stream. The sum of independent
 * Poisson variables is one, so nothing is lost, and who reads when changes nothing.
 */
export class Tally {
  #requests = 0;
  #errors = 0;
  #expectedRequests = 0;
  #expectedErrors = 0;
  readonly #key: StreamKey;
  readonly #clusterSize: number;

  /** @param clusterSize mean size of the clusters in which errors come. */
  constructor(key: StreamKey, clusterSize = 1) {
    this.#key = key;
    this.#clusterSize = clusterSize;
  }

  /** Adds so many expected requests, of which the share `errorRate` fails. */
  expect(requests: number, errorRate = 0): void {
    this.#expectedRequests += requests;
    this.#expectedErrors += requests * errorRate;
  }

  /** Draws what happened in this cell. Call it once per cell. */
  close(cell: number): void {
    if (this.#expectedRequests === 0) return;
    const drawn = this.#draw(cell);
    this.#requests += drawn.requests;
    this.#errors += drawn.errors;
    this.#expectedRequests = 0;
    this.#expectedErrors = 0;
  }

  /** Everything up to the end of the last cell. */
  get requests(): number {
    return this.#requests;
  }

  get errors(): number {
    return this.#errors;
  }

  /** The same with what the open cell would bring if it ended now; draws nothing for good. */
  peek(cell: number): Counts {
    if (this.#expectedRequests === 0) return { requests: this.#requests, errors: this.#errors };
    const drawn = this.#draw(cell);
    return { requests: this.#requests + drawn.requests, errors: this.#errors + drawn.errors };
  }

  #draw(cell: number): Counts {
    const stream = this.#key.at(cell);
    // Requests first: how many come must not depend on how many fail.
    const requests = poisson(stream, this.#expectedRequests);
    if (this.#expectedErrors === 0) return { requests, errors: 0 };
    const rate = this.#expectedErrors / this.#expectedRequests;
    if (this.#clusterSize <= 1) return { requests, errors: binomial(stream, requests, rate) };
    return { requests, errors: Math.min(requests, clustered(stream, requests * rate, this.#clusterSize)) };
  }
}
