import { otherSlot, soleSlot, type TrafficTarget } from '@bluegreen/contract';
import type { EventOf } from './event-of.js';
import { extendWatch, noteObservedShare } from './fold-steps.js';
import { endDrifts } from './fold-writes.js';
import { placeOf } from './place.js';
import type { ReleaseSummary, ServiceSummary } from './summary.js';
import { withService } from './with-service.js';

export function observeRouting(summary: ReleaseSummary, event: EventOf<'routing-observed'>): ReleaseSummary {
  const before = summary.services.find(({ name }) => name === event.service);
  if (before === undefined) return summary;
  const { observation, at } = event;
  const target = observation.routing.kind === 'split' ? observation.routing.target : null;
  const read: ServiceSummary = {
    ...before,
    routing: observation.routing.kind,
    weights: target?.weights ?? null,
    revision: observation.revision,
    roles: before.roles ?? rolesIn(target),
    lastReadFailure: null,
  };
  const after = { ...read, exposure: exposed(read, target, at) };
  const next = noteObservedShare(
    withService(summary, event.service, () => after),
    after,
  );
  return before.revision === observation.revision ? next : endDrift(next, event.service, at);
}

function rolesIn(target: TrafficTarget | null): ServiceSummary['roles'] {
  const active = target === null ? null : soleSlot(target);
  return active === null ? null : { active, candidate: otherSlot(active) };
}

function exposed(
  { roles, exposure }: ServiceSummary,
  target: TrafficTarget | null,
  at: number,
): ServiceSummary['exposure'] {
  if (roles === null) return exposure;
  const isExposed =
    target !== null &&
    (target.weights[roles.candidate] > 0 || target.audiences.some(({ slot }) => slot === roles.candidate));
  if (isExposed === (exposure.since !== null)) return exposure;
  if (exposure.since === null) return { ...exposure, since: at };
  return { since: null, earlierMs: exposure.earlierMs + Math.max(0, at - exposure.since) };
}

/** Another revision than the one that drifted: either it went back, or the next event says that it drifted again. */
function endDrift(summary: ReleaseSummary, service: string, at: number): ReleaseSummary {
  const open = summary.drifts.find((each) => each.service === service && each.until === null);
  if (open === undefined) return summary;
  const lostMs = Math.max(0, at - open.at);
  return extendWatch({ ...summary, drifts: endDrifts(summary.drifts, service, at) }, lostMs);
}

export function observeEnvironment(summary: ReleaseSummary, event: EventOf<'environment-observed'>): ReleaseSummary {
  const { slot, observation } = event;
  const { version, ready, desired, whyNotReady = null } = observation;
  const noted = noteDip(summary, event);
  return withService(noted, event.service, (service) => {
    const before = service.slots[slot];
    const initialVersion = before.seen === null ? version : before.initialVersion;
    const seen = { version, ready, desired, whyNotReady };
    const prepared = summary.phase === 'preparing' ? seen : before.prepared;
    const read = { ...before, initialVersion, seen, prepared };
    return { ...service, lastReadFailure: null, slots: { ...service.slots, [slot]: read } };
  });
}

/** Once a candidate was ready, losing instances is news, and so is getting them back. */
function noteDip(summary: ReleaseSummary, event: EventOf<'environment-observed'>): ReleaseSummary {
  const { service: name, slot, observation, at } = event;
  const { version, ready, desired, whyNotReady = null } = observation;
  const service = summary.services.find((each) => each.name === name);
  if (service?.roles?.candidate !== slot || !isWatched(summary)) return summary;
  const isReady = ready >= Math.max(1, desired);
  const index = summary.dips.findIndex((each) => each.service === name && each.until === null);
  const open = summary.dips[index];
  if (open === undefined) {
    if (isReady) return summary;
    const dip = {
      at,
      until: null,
      service: name,
      slot,
      reading: { version, ready, desired, whyNotReady },
      place: placeOf(summary),
    };
    return { ...summary, dips: [...summary.dips, dip] };
  }
  const reading = ready < open.reading.ready ? { version, ready, desired, whyNotReady } : open.reading;
  return { ...summary, dips: summary.dips.with(index, { ...open, reading, until: isReady ? at : null }) };
}

function isWatched({ phase }: ReleaseSummary): boolean {
  return phase === 'verifying' || phase === 'shifting' || phase === 'baking';
}

export function failObservation(summary: ReleaseSummary, event: EventOf<'observation-failed'>): ReleaseSummary {
  const { at, code, message } = event;
  return withService(summary, event.service, (service) => ({ ...service, lastReadFailure: { at, code, message } }));
}

export function returnTraffic(summary: ReleaseSummary, event: EventOf<'traffic-returned'>): ReleaseSummary {
  return withService(summary, event.service, (service) => ({
    ...service,
    trafficReturnedAt: service.trafficReturnedAt ?? event.at,
  }));
}

export function retireSlot(
  summary: ReleaseSummary,
  event: EventOf<'teardown-begun'> | EventOf<'slot-retired'>,
): ReleaseSummary {
  const { slot, at } = event;
  return withService(summary, event.service, (service) =>
    event.type === 'teardown-begun'
      ? { ...service, teardownBegunAt: at }
      : { ...service, slots: { ...service.slots, [slot]: { ...service.slots[slot], retiredAt: at } } },
  );
}
