import {
  type Clock,
  documentTraffic,
  fingerprint,
  type StoredRouting,
  type TrafficAdapter,
  type TrafficCapabilities,
  type TrafficTarget,
  weights,
} from '@bluegreen/contract';
import type { TrafficBench } from '../traffic/traffic-bench.js';
import {
  type MakeRouter,
  memoryRouter,
  memoryRouterBench,
  type RouterDocument,
  type RouterOptions,
  type RouterProvider,
  routerOptions,
} from './memory-router.fixture.js';
import type { Mutant } from './mutant.fixture.js';

/** A mutant of the adapter itself. */
export function ofAdapter(
  rule: string,
  flaw: string,
  change: (good: TrafficAdapter, provider: RouterProvider, clock: Clock) => Partial<TrafficAdapter>,
): Mutant<TrafficBench> {
  const make: MakeRouter = (provider, clock) => {
    const good = memoryRouter(routerOptions(provider));
    return { ...good, ...change(good, provider, clock) };
  };
  return { rule, flaw, makeBench: () => memoryRouterBench(make) };
}

/** A mutant of one request or one mapping. */
export function ofOptions(
  rule: string,
  flaw: string,
  change: (good: RouterOptions, provider: RouterProvider) => Partial<RouterOptions>,
): Mutant<TrafficBench> {
  const make: MakeRouter = (provider) => {
    const good = routerOptions(provider);
    return memoryRouter({ ...good, ...change(good, provider) });
  };
  return { rule, flaw, makeBench: () => memoryRouterBench(make) };
}

/** Declares something else, and is as before. */
export function declaring(
  rule: string,
  flaw: string,
  other: Partial<TrafficCapabilities>,
  change: TargetChange | null = null,
) {
  return ofAdapter(rule, flaw, (good, provider) => {
    const options = routerOptions(provider);
    const able = memoryRouter(options);
    const route: TrafficAdapter['route'] = (target, expected, call) =>
      (change === null ? good : able).route(change?.(target) ?? target, expected, call);
    return { capabilities: { ...options.capabilities, ...other }, route };
  });
}

type TargetChange = (target: TrafficTarget) => TrafficTarget;

/** Stores something else than it was told. */
export function storing(
  rule: string,
  flaw: string,
  change: (target: TrafficTarget, before: RouterDocument | null) => TrafficTarget,
) {
  return ofOptions(rule, flaw, (good) => ({
    write: (document, stored) => good.write(document, { ...stored, target: change(stored.target, document) }),
  }));
}

/** Reads something else than there is. */
export function reading(rule: string, flaw: string, change: (stored: StoredRouting) => StoredRouting) {
  return ofOptions(rule, flaw, (good) => ({
    read(document) {
      const seen = good.read(document);
      return typeof seen === 'object' && 'target' in seen ? change(seen) : seen;
    },
  }));
}

/** Sends another table to the routers than the one that it reads back. */
export function serving(rule: string, flaw: string, change: (table: NonNullable<RouterDocument['table']>) => object) {
  return ofOptions(rule, flaw, (good) => ({
    write(document, stored) {
      const next = good.write(document, stored);
      return { ...next, table: { ...next.table!, ...change(next.table!) } };
    },
    // Its own note says what it was told, so the table is not looked at.
    read(document) {
      const seen = good.read(document);
      if (typeof seen !== 'object' || !('target' in seen)) return seen;
      const told = JSON.parse(document!.note!) as { readonly greenPercent: number };
      return { ...seen, target: { ...seen.target, weights: weights(told.greenPercent) } };
    },
  }));
}

/** The adapter as `documentTraffic` makes it, with a revision of one's own. */
export function withRevision(
  rule: string,
  flaw: string,
  revisionOf: (document: RouterDocument) => string,
): Mutant<TrafficBench> {
  return ofAdapter(rule, flaw, (good, provider) => ({
    async observe(call) {
      return { ...(await good.observe(call)), revision: revisionOf(provider.value) };
    },
    async route(target, expected, call) {
      const seen = await documentTraffic(routerOptions(provider)).observe(call);
      const isExpected = revisionOf(provider.value) === expected.revision;
      await good.route(target, { revision: isExpected ? seen.revision : fingerprint('another') }, call);
    },
  }));
}
