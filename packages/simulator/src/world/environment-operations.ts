import {
  compareFences,
  type EnvironmentObservation,
  type EnvironmentTarget,
  type Fence,
  type Slot,
} from '@bluegreen/contract';
import { fail } from '../failure.js';
import type { CallFault } from '../faults/fault-plan.js';
import { type Abort, type Confirm, type Done, startOperation } from './operation.js';
import type { SimulatedService } from './simulated-service.js';
import type { SlotPlace } from './slot-place.js';
import { isOld, type WriteOptions } from './traffic-operations.js';
import { type CallerOptions, openCall, serviceOf, type WorldCore } from './world-core.js';

export interface ConvergeArguments {
  readonly service: string;
  readonly target: EnvironmentTarget;
}

export interface ConvergeOptions extends WriteOptions {
  /** Asked before each irreversible request: before a slot is retired or deployed over. */
  readonly confirm: Confirm;
}

/** `EnvironmentAdapter.converge` with callbacks. */
export function converge(core: WorldCore, args: ConvergeArguments, call: ConvergeOptions, done: Done<void>): Abort {
  const service = serviceOf(core, args.service);
  const { target } = args;
  const place = service.places[target.slot];
  const { capabilities, latencyMs } = service.options.environment;
  const opened = openCall(core, 'converge', args.service, target.slot, call);
  const toucher = { owner: opened.record.owner, fence: call.fence, since: opened.record.at };
  return startOperation<void>(
    core.clock,
    opened,
    {
      latencyMs,
      lateWriteMs: capabilities.lateWriteMs,
      check: () => {
        if (capabilities.fencing === 'checked') refuseOutdated(place.fence, call.fence);
      },
      confirm: () => (isIrreversible(place, target) ? call.confirm : null),
      land: (fault) => {
        if (capabilities.fencing === 'enforced') refuseOutdated(place.fence, call.fence);
        place.before = observation(service, target.slot, core.clock.now());
        if (capabilities.fencing !== 'none') place.fence = call.fence;
        applyTarget(service, target, fault, toucher);
        service.noteTending(target.slot);
        place.wrote();
      },
      afterNextWrite: (run) => place.afterNextWrite(run),
    },
    done,
  );
}

function isIrreversible(place: SlotPlace, { release }: EnvironmentTarget): boolean {
  if (place.deployment === null || release === 'unchanged') return false;
  return release === null || place.deployment.releaseId !== release.id;
}

/** The same sequence again is the same write, and converging twice changes nothing. */
function refuseOutdated(stored: Fence | null, fence: Fence): void {
  if (stored === null) return;
  if (stored.epoch > fence.epoch) {
    throw fail('simulator/fenced', { detail: `epoch ${stored.epoch} is stored, ${fence.epoch} came` });
  }
  if (compareFences(stored, fence) > 0) throw fail('simulator/sequence-passed');
}

function applyTarget(
  service: SimulatedService,
  target: EnvironmentTarget,
  fault: CallFault | null,
  by: Parameters<SimulatedService['retire']>[1],
): void {
  const { release, slot } = target;
  const place = service.places[slot];
  const { capabilities, instances } = service.options.environment;
  const whole = capabilities.capacity ? target.atLeast : instances;
  const count = fault?.fault === 'partial' ? Math.floor(whole / 2) : whole;
  if (capabilities.autoscaling) place.autoscaling = target.autoscaling;
  if (capabilities.workers) place.workers = target.workers;
  if (release === null) {
    if (place.deployment === null) return;
    if (fault?.fault === 'partial') place.scale(Math.floor(place.instances.length / 2));
    else service.retire(slot, by);
    return;
  }
  if (release === 'unchanged' || place.deployment?.releaseId === release.id) {
    if (capabilities.capacity && count > place.desired) place.scale(count);
    return;
  }
  service.deploy(slot, release, count, by);
}

/** `EnvironmentAdapter.observe` with callbacks. */
export function observeEnvironment(
  core: WorldCore,
  args: { readonly service: string; readonly slot: Slot },
  call: CallerOptions,
  done: Done<EnvironmentObservation>,
): Abort {
  const service = serviceOf(core, args.service);
  return startOperation(
    core.clock,
    openCall(core, 'observe-environment', args.service, args.slot, call),
    {
      latencyMs: service.options.environment.latencyMs,
      lateWriteMs: null,
      land: (fault) => {
        const { before } = service.places[args.slot];
        return isOld(fault) && before !== null ? before : observation(service, args.slot, core.clock.now());
      },
    },
    done,
  );
}

function observation(service: SimulatedService, slot: Slot, now: number): EnvironmentObservation {
  const place = service.places[slot];
  const { environment } = service.options;
  const { deployment, ready } = place;
  const seen: { -readonly [Field in keyof EnvironmentObservation]: EnvironmentObservation[Field] } = {
    version: deployment?.version ?? null,
    desired: place.desired,
    ready,
  };
  if (place.fence !== null) seen.fence = place.fence;
  if (ready < place.desired) seen.whyNotReady = place.whyNotReady();
  if (environment.capabilities.autoscaling) seen.autoscaling = place.autoscaling;
  if (environment.capabilities.workers) seen.workers = place.workers;
  if (environment.reportsDrain) seen.drain = { open: service.traffic.openRequests(slot, now) };
  if (deployment === null) return seen;
  if (deployment.releaseId !== null) seen.releaseId = deployment.releaseId;
  seen.spec = service.spec;
  seen.url = service.urls[slot];
  return seen;
}
