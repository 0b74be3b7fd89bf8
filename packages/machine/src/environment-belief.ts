import type { EnvironmentObservation } from '@bluegreen/contract';
import type { Fact } from './events.js';
import type { ReleaseState, SeenSlot } from './state.js';
import { serviceOf, withSlot } from './update.js';

type Observed = Extract<Fact, { readonly type: 'environment-observed' }>;

/** Folds one read of a slot; gives back `state` itself when it told nothing new. */
export function believeEnvironment(state: ReleaseState, { service, slot, observation }: Observed): ReleaseState {
  const before = serviceOf(state, service).slots[slot];
  if (before.seen !== null && showsSame(before.seen, observation)) {
    return before.fresh ? state : withSlot(state, service, slot, { fresh: true });
  }
  return withSlot(state, service, slot, { seen: seenSlot(observation), fresh: true });
}

function seenSlot(observation: EnvironmentObservation): SeenSlot {
  return {
    version: observation.version,
    releaseId: observation.releaseId ?? null,
    desired: observation.desired,
    ready: observation.ready,
    whyNotReady: observation.whyNotReady ?? null,
    drained: isDrained(observation),
    url: observation.url ?? null,
    autoscaling: observation.autoscaling ?? null,
    workers: observation.workers ?? null,
    spec: observation.spec ?? null,
  };
}

function isDrained({ drain }: EnvironmentObservation): boolean {
  return drain === undefined || drain.open === 0;
}

/** Nearly every read ends here, so it makes nothing. */
function showsSame(known: SeenSlot, observation: EnvironmentObservation): boolean {
  return (
    known.version === observation.version &&
    known.ready === observation.ready &&
    known.desired === observation.desired &&
    known.releaseId === (observation.releaseId ?? null) &&
    known.whyNotReady === (observation.whyNotReady ?? null) &&
    known.url === (observation.url ?? null) &&
    known.autoscaling === (observation.autoscaling ?? null) &&
    known.workers === (observation.workers ?? null) &&
    known.spec === (observation.spec ?? null) &&
    known.drained === isDrained(observation)
  );
}
