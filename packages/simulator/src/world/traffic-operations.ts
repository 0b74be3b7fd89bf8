import {
  compareFences,
  type Drain,
  type Fence,
  pointsAt,
  type Routing,
  type Slot,
  type TrafficCapabilities,
  type TrafficObservation,
  type TrafficTarget,
  unsupportedPart,
} from '@bluegreen/contract';
import { fail } from '../failure.js';
import type { CallFault, RoutingPart } from '../faults/fault-plan.js';
import { storedTarget } from './fingerprint.js';
import { type Abort, type Done, startOperation } from './operation.js';
import type { StoredRouting } from './router.js';
import type { SimulatedService } from './simulated-service.js';
import { type CallerOptions, openCall, serviceOf, type WorldCore } from './world-core.js';

export interface RouteArguments {
  readonly service: string;
  readonly target: TrafficTarget;
  readonly expected: { readonly revision: string };
}

export interface WriteOptions extends CallerOptions {
  readonly idempotencyKey: string;
  readonly fence: Fence;
}

/** `TrafficAdapter.route` with callbacks. */
export function route(core: WorldCore, args: RouteArguments, call: WriteOptions, done: Done<void>): Abort {
  const service = serviceOf(core, args.service);
  const { router, options } = service;
  const { capabilities } = options.router;
  const target = storedTarget(args.target, capabilities);
  const reaches = { blue: pointsAt(target, 'blue'), green: pointsAt(target, 'green') };
  const opened = openCall(core, 'route', args.service, null, call, reaches);
  const write = { target, revision: args.expected.revision, key: call.idempotencyKey, fence: call.fence };
  return startOperation<void>(
    core.clock,
    opened,
    {
      latencyMs: options.router.latencyMs,
      lateWriteMs: capabilities.lateWriteMs,
      check: () => {
        refuseUnsupported(args.target, capabilities);
        if (capabilities.fencing !== 'enforced') refuseOutdated(router.stored, write, capabilities);
      },
      land: (fault, isLate) => {
        if (capabilities.fencing === 'enforced') refuseOutdated(router.stored, write, capabilities);
        if (isThere(router.stored, write)) return;
        service.writeRouting(landed(router.stored, write, fault, opened.record.owner), isLate ? 'late-route' : 'route');
      },
      afterNextWrite: (run) => router.afterNextWrite(run),
    },
    done,
  );
}

interface RouteWrite {
  readonly target: TrafficTarget;
  readonly revision: string;
  readonly key: string;
  readonly fence: Fence;
}

/** The same write is stored already: by key, and by content. */
function isThere(stored: StoredRouting, write: RouteWrite): boolean {
  if (stored.key !== write.key || stored.fence === null || compareFences(stored.fence, write.fence) !== 0) return false;
  return JSON.stringify(stored.routing) === JSON.stringify({ kind: 'split', target: write.target });
}

function refuseOutdated(stored: StoredRouting, write: RouteWrite, capabilities: TrafficCapabilities): void {
  if (isThere(stored, write)) return;
  if (capabilities.fencing !== 'none' && stored.fence !== null) {
    if (stored.fence.epoch > write.fence.epoch) {
      throw fail('simulator/fenced', { detail: `epoch ${stored.fence.epoch} is stored, ${write.fence.epoch} came` });
    }
    if (compareFences(stored.fence, write.fence) >= 0) throw fail('simulator/sequence-passed');
  }
  if (stored.revision !== write.revision) {
    throw fail('simulator/revision-changed', { detail: `${write.revision} was expected, ${stored.revision} is there` });
  }
}

function refuseUnsupported(target: TrafficTarget, capabilities: TrafficCapabilities): void {
  const unsupported = unsupportedPart(target, capabilities);
  if (unsupported === null) return;
  const { part, detail } = unsupported;
  throw fail(part === 'weights' ? 'simulator/weight-step' : 'simulator/routing-unsupported', { detail });
}

function landed(stored: StoredRouting, write: RouteWrite, fault: CallFault | null, owner: string) {
  const part = fault?.fault === 'partial' ? (fault.part ?? 'audiences') : null;
  const routing: Routing = {
    kind: 'split',
    target: part === null ? write.target : without(part, write.target, stored),
  };
  if (part === 'stamp') return { routing, fence: stored.fence, key: stored.key, owner };
  return { routing, fence: write.fence, key: write.key, owner };
}

/** The target as it lands when the provider leaves one part as it was. */
function without(part: RoutingPart, target: TrafficTarget, stored: StoredRouting): TrafficTarget {
  if (part === 'stamp') return target;
  const before = stored.routing.kind === 'split' ? stored.routing.target : null;
  if (part === 'audiences') return { ...target, audiences: before?.audiences ?? [] };
  return { ...target, [part]: before?.[part] ?? null };
}

/** `TrafficAdapter.observe` with callbacks. */
export function observeRouting(
  core: WorldCore,
  args: { readonly service: string },
  call: CallerOptions,
  done: Done<TrafficObservation>,
): Abort {
  const service = serviceOf(core, args.service);
  return startOperation(
    core.clock,
    openCall(core, 'observe-routing', args.service, null, call),
    {
      latencyMs: service.options.router.latencyMs,
      lateWriteMs: null,
      land: (fault) => observation(service, isOld(fault), core.clock.now()),
    },
    done,
  );
}

export function isOld(fault: CallFault | null): boolean {
  return fault?.fault === 'stale' || fault?.fault === 'flapping';
}

function observation(service: SimulatedService, isStale: boolean, now: number): TrafficObservation {
  const { router } = service;
  const options = service.options.router;
  const shown = isStale ? router.previous : router.stored;
  const proof = options.proof === 'proven' && (isStale || !router.isSettled) ? 'accepted' : options.proof;
  const seen: { -readonly [Field in keyof TrafficObservation]: TrafficObservation[Field] } = {
    routing: shown.routing,
    revision: shown.revision,
  };
  if (shown.fence !== null) seen.fence = shown.fence;
  if (proof !== 'accepted') seen.proof = proof;
  if (options.afterRestart !== 'durable') seen.afterRestart = router.afterRestart;
  if (options.reportsHealth) seen.health = { blue: health(service, 'blue'), green: health(service, 'green') };
  if (options.drain !== 'absent')
    seen.drain = { blue: drain(service, 'blue', now), green: drain(service, 'green', now) };
  return seen;
}

function health(service: SimulatedService, slot: Slot) {
  const place = service.places[slot];
  return { healthy: place.registered, total: place.instances.length };
}

function drain(service: SimulatedService, slot: Slot, now: number): Drain {
  return service.options.router.drain === 'counted'
    ? { kind: 'counted', open: service.traffic.openRequests(slot, now) }
    : { kind: 'bounded', atMostMs: service.traffic.drainLeftMs(slot, now) };
}
