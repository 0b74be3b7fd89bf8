import type { EnvironmentObservation } from '@bluegreen/contract';
import type { Fact } from './events.js';
import type { ReleaseState, SeenSlot } from './state.js';
import { serviceOf, withSlot } from './update.js';

type Observed = Extract<Fact, { readonly type: 'environment-observed' }>;

/** Folds one read of a slot; gives back `state` itself when it told nothing new. */
export function believeEnvironment(state: ReleaseState, { service, slot, observation }: Observed): ReleaseState {
  const before = serviceOf(state, service).slots[slot];
  const seen = seenSlot(observation);
  if (before.seen !== null && sameSlot(before.seen, seen)) {
    return before.fresh ? state : withSlot(state, service, slot, { fresh: true });
  }
  return withSlot(state, service, slot, { seen, fresh: true });
}

function seenSlot(observation: EnvironmentObservation): SeenSlot {
  return {
    version: observation.version,
    releaseId: observation.releaseId ?? null,
    desired: observation.desired,
    ready: observation.ready,
    whyNotReady: observation.whyNotReady ?? null,
    drained: (observation.drain?.open ?? 0) === 0,
    url: observation.url ?? null,
  };
}

function sameSlot(a: SeenSlot, b: SeenSlot): boolean {
  return (
    a.version === b.version &&
    a.releaseId === b.releaseId &&
    a.desired === b.desired &&
    a.ready === b.ready &&
    a.whyNotReady === b.whyNotReady &&
    a.drained === b.drained &&
    a.url === b.url
  );
}
