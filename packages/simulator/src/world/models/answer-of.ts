import type { Behaviour } from '../behaviour.js';
import type { Answering, Conditions, LimitedCapacity } from './effects.js';
import { type LatencyShape, meanServiceMs, usualLatency } from './latency-shape.js';
import { waitingShare, withRetries } from './queueing.js';

/** What both slots share does to every request. */
export interface SharedStrain {
  readonly errorRate: number;
  readonly slowdown: number;
}

/** What an instance carries from one stretch of time to the next. */
export interface InstanceStrain {
  /** How long a request waits in a queue that grows. */
  queueMs: number;
  /** Share that failed in the last stretch for want of capacity. */
  failedShare: number;
  /** How full its memory is, 0 to 1. */
  memory: number;
}

export interface InstanceAnswer {
  readonly errorRate: number;
  readonly shape: LatencyShape;
}

/** How one instance answers during a stretch of time. Updates `strain`. */
export function answerOf(
  behaviour: Behaviour,
  baseErrorRate: number,
  conditions: Conditions,
  shared: SharedStrain,
  strain: InstanceStrain,
  stretch: {
    readonly lastedMs: number;
    readonly fullRatePerSecond: number;
    readonly endpointShare: (name: string) => number;
  },
): InstanceAnswer {
  let answering: Answering = {
    errorRate: either(baseErrorRate, shared.errorRate),
    medianMs: usualLatency.medianMs * shared.slowdown * leakSlowdown(strain.memory),
    sigma: usualLatency.sigma,
    tailShare: 0,
    tailMs: 0,
  };
  let capacity: LimitedCapacity | null = null;
  for (const effect of behaviour.effects) {
    if (effect.effect === 'limited-capacity') capacity = effect;
    else answering = withEffect(answering, effect, conditions, stretch.endpointShare);
  }
  const shape: LatencyShape = { ...usualLatency, ...pickShape(answering) };
  if (capacity === null) return { errorRate: within01(answering.errorRate), shape };
  return queued(answering.errorRate, shape, capacity, conditions, strain, stretch);
}

function withEffect(
  usual: Answering,
  effect: Exclude<Behaviour['effects'][number], LimitedCapacity>,
  conditions: Conditions,
  endpointShare: (name: string) => number,
): Answering {
  switch (effect.effect) {
    case 'cold-start': {
      const cold = Math.exp(-conditions.upMs / effect.settleMs);
      const medianMs = usual.medianMs * (1 + effect.slowdown * cold);
      return { ...usual, medianMs, errorRate: either(usual.errorRate, effect.errorRate * cold) };
    }
    case 'cold-cache':
      return withTail(usual, missShareOf(effect, conditions.served), effect.originMs);
    case 'slower':
      return { ...usual, medianMs: usual.medianMs * effect.factor };
    case 'slow-tail':
      return withTail(usual, effect.share, effect.addedMs);
    case 'bug': {
      const share =
        effect.group !== null
          ? conditions.groupShare(effect.group)
          : effect.endpoint !== null
            ? endpointShare(effect.endpoint)
            : effect.share;
      return { ...usual, errorRate: either(usual.errorRate, share * effect.errorRate) };
    }
    case 'daily-window':
      return isWithin(conditions.at, effect)
        ? { ...usual, errorRate: either(usual.errorRate, effect.errorRate) }
        : usual;
    case 'custom':
      return { ...usual, ...effect.respond(conditions, usual) };
    default:
      return usual;
  }
}

/** Erlang's formula while the servers keep up; beyond that the queue grows by the excess, and what it can't hold fails. */
function queued(
  errorRate: number,
  shape: LatencyShape,
  { utilisation, timeoutMs, retried }: LimitedCapacity,
  conditions: Conditions,
  strain: InstanceStrain,
  { lastedMs, fullRatePerSecond }: { readonly lastedMs: number; readonly fullRatePerSecond: number },
): InstanceAnswer {
  const usualServiceMs = meanServiceMs(usualLatency);
  const servers = Math.max(
    1,
    Math.ceil((fullRatePerSecond * usualServiceMs) / 1_000 / utilisation / conditions.instances),
  );
  const serviceMs = meanServiceMs(shape);
  const rate = withRetries(conditions.requestsPerSecond, strain.failedShare, retried);
  const load = (rate * serviceMs) / 1_000;
  const used = load / servers;
  strain.queueMs = Math.min(timeoutMs, Math.max(0, strain.queueMs + (used - 1) * lastedMs));
  if (strain.queueMs > 0) {
    strain.failedShare = used > 1 && strain.queueMs >= timeoutMs ? 1 - 1 / used : 0;
    const failed = either(errorRate, strain.failedShare);
    return { errorRate: within01(failed), shape: { ...shape, queueMs: strain.queueMs } };
  }
  const waitShare = waitingShare(servers, load);
  const waitMs = used >= 1 ? timeoutMs : serviceMs / (servers - load);
  const late = waitShare * Math.exp(-timeoutMs / waitMs);
  strain.failedShare = late;
  return { errorRate: within01(either(errorRate, late)), shape: { ...shape, waitShare, waitMs } };
}

/** Share of requests that miss a cache that was empty. */
export function missShareOf(cache: { readonly missShare: number; readonly requests: number }, served: number): number {
  return cache.missShare + (1 - cache.missShare) * Math.exp(-served / cache.requests);
}

/** Chance that one of two independent causes makes a request fail. */
export function either(a: number, b: number): number {
  return a + b - a * b;
}

/** From 80 % of the memory on, collecting garbage slows everything down. */
function leakSlowdown(memory: number): number {
  return memory <= 0.8 ? 1 : Math.min(20, 0.2 / Math.max(0.01, 1 - memory));
}

function withTail(usual: Answering, share: number, addedMs: number): Answering {
  if (usual.tailShare === 0) return { ...usual, tailShare: share, tailMs: addedMs };
  const tailShare = either(usual.tailShare, share);
  return {
    ...usual,
    tailShare,
    tailMs: (usual.tailShare * usual.tailMs + share * addedMs) / (usual.tailShare + share),
  };
}

function pickShape({ medianMs, sigma, tailShare, tailMs }: Answering): Omit<Answering, 'errorRate'> {
  return { medianMs, sigma, tailShare, tailMs };
}

function isWithin(at: number, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): boolean {
  const time = at % 86_400_000;
  return fromMs <= toMs ? time >= fromMs && time < toMs : time >= fromMs || time < toMs;
}

function within01(value: number): number {
  return Math.min(1, Math.max(0, value));
}
