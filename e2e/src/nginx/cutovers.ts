import {
  everythingTo,
  normaliseTarget,
  otherSlot,
  type Slot,
  sameTarget,
  type TrafficTarget,
} from '@bluegreen/contract';
import { type Load, type LoadResult, quantiles, startLoad } from './load.js';
import type { Site } from './site.js';

export interface CutoverOptions {
  readonly cutovers: number;
  readonly keepAliveClients: number;
  readonly freshClients: number;
  /** Pause of each client between two requests: without one, forty clients leave this process no time for anything else. */
  readonly pauseMs: number;
  /** Requests to wait for after each cutover, so that every state is used before it is left. */
  readonly requestsBetween: number;
  /** `early` claims each cutover before it happens: the load must see stale answers, or it can see none. */
  readonly claim: 'after' | 'early';
}

export interface CutoverResult extends LoadResult {
  readonly cutovers: number;
  /** Observations after a cutover that gave exactly its target back, proven by the running nginx. */
  readonly proven: number;
  readonly routeMs: ReturnType<typeof quantiles>;
  readonly observeMs: ReturnType<typeof quantiles>;
  readonly durationMs: number;
}

/** Moves everything from one slot to the other and back under load, through the public contract of the adapter. */
export async function runCutovers(site: Site, options: CutoverOptions): Promise<CutoverResult> {
  const startedAt = performance.now();
  const { keepAliveClients, freshClients, pauseMs, requestsBetween } = options;
  const load = startLoad({ port: site.nginx.ports.public, keepAliveClients, freshClients, pauseMs });
  const cutover = cutovers(site, load, options);
  const times: { routeMs: number; observeMs: number; proven: boolean }[] = [];
  try {
    await load.more(requestsBetween);
    for (let number = 0; number < options.cutovers; number += 1) {
      times.push(await cutover());
      await load.more(requestsBetween);
    }
  } finally {
    await load.stop();
  }
  const result = await load.stop();
  return {
    ...result,
    cutovers: times.length,
    proven: times.filter(({ proven }) => proven).length,
    routeMs: quantiles(times.map(({ routeMs }) => routeMs)),
    observeMs: quantiles(times.map(({ observeMs }) => observeMs)),
    durationMs: Math.round(performance.now() - startedAt),
  };
}

/** The next cutover each time it is called; epochs go on from what the router holds. */
function cutovers({ traffic }: Site, load: Load, { claim, requestsBetween }: CutoverOptions) {
  const call = { signal: new AbortController().signal };
  let epoch: number | null = null;
  let sequence = 0;
  return async () => {
    const before = await traffic.observe(call);
    if (before.routing.kind !== 'split') throw new Error(`routing is ${JSON.stringify(before.routing)}`);
    epoch ??= (before.fence?.epoch ?? 0) + 1;
    sequence += 1;
    const slot = otherSlot(before.routing.target.weights.blue === 100 ? 'blue' : 'green');
    const target = nextTarget(before.routing.target, slot, sequence);
    const write = { ...call, idempotencyKey: `cutover-${epoch}-${sequence}`, fence: { epoch, sequence } };
    load.expectEither();
    if (claim === 'early') {
      load.expect(slot);
      await load.more(requestsBetween);
      load.expectEither();
    }
    const routedAt = performance.now();
    await traffic.route(target, before, write);
    const routeMs = performance.now() - routedAt;
    load.expect(slot);
    const observedAt = performance.now();
    const after = await traffic.observe(call);
    const proven =
      after.proof === 'proven' &&
      after.routing.kind === 'split' &&
      sameTarget(after.routing.target, normaliseTarget(target, traffic.capabilities));
    return { routeMs, observeMs: performance.now() - observedAt, proven };
  };
}

/** Every third cutover takes the fallback along, as the end of a release does; so it flips, to and fro. */
function nextTarget(before: TrafficTarget, slot: Slot, sequence: number): TrafficTarget {
  const fallback = sequence % 3 === 0 ? slot : before.fallback;
  return everythingTo(slot, { candidate: slot, cohort: { kind: 'sticky' }, fallback });
}
