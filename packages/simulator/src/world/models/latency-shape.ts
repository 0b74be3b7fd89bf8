import { normalShare } from './normal-share.js';

/** How long requests take: a lognormal service time, a share of them longer by a fixed time, and a wait for some. */
export interface LatencyShape {
  readonly medianMs: number;
  /** Spread of the logarithm. */
  readonly sigma: number;
  readonly tailShare: number;
  readonly tailMs: number;
  /** Share of requests that wait first, and how long these wait on average: exponentially. */
  readonly waitShare: number;
  readonly waitMs: number;
  /** What everybody waits: a queue that only grows. */
  readonly queueMs: number;
}

/** Half of the requests within 80 ms, 90 % within 173 ms, 99 % within 323 ms. */
export const usualLatency: LatencyShape = {
  medianMs: 80,
  sigma: 0.6,
  tailShare: 0,
  tailMs: 0,
  waitShare: 0,
  waitMs: 0,
  queueMs: 0,
};

/** Middles of eight equally likely parts of an exponential time with mean 1. */
const waits = Array.from({ length: 8 }, (_, part) => -Math.log(1 - (part + 0.5) / 8));

/** Share of requests that take at most so long. */
export function shareWithin(shape: LatencyShape, atMostMs: number): number {
  if (atMostMs === Number.POSITIVE_INFINITY) return 1;
  const served = (ms: number) => servedWithin(shape, ms - shape.queueMs);
  if (shape.waitShare === 0) return served(atMostMs);
  const waited = waits.reduce((sum, wait) => sum + served(atMostMs - wait * shape.waitMs), 0) / waits.length;
  return (1 - shape.waitShare) * served(atMostMs) + shape.waitShare * waited;
}

/** Mean time that a server is busy with one request. */
export function meanServiceMs({ medianMs, sigma, tailShare, tailMs }: LatencyShape): number {
  return medianMs * Math.exp((sigma * sigma) / 2) + tailShare * tailMs;
}

function servedWithin({ medianMs, sigma, tailShare, tailMs }: LatencyShape, ms: number): number {
  const usual = lognormalWithin(medianMs, sigma, ms);
  return tailShare === 0 ? usual : (1 - tailShare) * usual + tailShare * lognormalWithin(medianMs, sigma, ms - tailMs);
}

function lognormalWithin(medianMs: number, sigma: number, ms: number): number {
  return ms <= 0 ? 0 : normalShare(Math.log(ms / medianMs) / sigma);
}
