import type { Behaviour } from './behaviour.js';
import type { Tally } from './tally.js';

/** One version that was brought into one slot, and what became of it. */
export class RunningDeployment {
  /** Counts the deployments of this slot, from 1; the place that was filled when the world began has 0. */
  readonly ordinal: number;
  readonly releaseId: string | null;
  readonly version: string;
  readonly behaviour: Behaviour;
  readonly at: number;
  firstReadyAt: number | null = null;
  /** When users' requests could reach it for the first time. */
  firstUserRequestAt: number | null = null;
  /** Share of requests that fail now. */
  errorRate: number;
  /** What instances that are gone have counted. */
  requests = 0;
  errors = 0;
  /** Copies of requests, and how many of them failed where nobody saw it. */
  copied = 0;
  copiedErrors = 0;
  /** Requests that took longer than users like, as expected. */
  slow = 0;
  /** Per group of people: requests, as expected, and the largest share of it that was sent here at one time. */
  readonly seen: { readonly requests: number; readonly mostShare: number }[] = [];

  constructor(given: {
    readonly ordinal: number;
    readonly releaseId: string | null;
    readonly version: string;
    readonly behaviour: Behaviour;
    readonly at: number;
  }) {
    this.ordinal = given.ordinal;
    this.releaseId = given.releaseId;
    this.version = given.version;
    this.behaviour = given.behaviour;
    this.at = given.at;
    this.errorRate = given.behaviour.errorRate;
  }

  finish(counter: Tally, copies: Tally): void {
    this.requests += counter.requests;
    this.errors += counter.errors;
    this.copied += copies.requests;
    this.copiedErrors += copies.errors;
  }
}
