import type { Slot } from './slot.js';
import type { Audience, Cohort, Routing, TrafficCapabilities, TrafficTarget } from './traffic.js';
import { weightsOf } from './weights.js';

/** A target that sends everything to `slot` and nothing anywhere else. */
export function everythingTo(slot: Slot, rest: Partial<TrafficTarget> = {}): TrafficTarget {
  return {
    weights: weightsOf(slot, 100),
    candidate: null,
    fallback: slot,
    preview: null,
    audiences: [],
    cohort: { kind: 'per-request' },
    mirror: null,
    ...rest,
  };
}

/** `target` without what this router can't give back, so that comparing it with a read is fair. */
export function normaliseTarget(target: TrafficTarget, capabilities: TrafficCapabilities): TrafficTarget {
  return {
    ...target,
    candidate: capabilities.remembers.includes('candidate') ? target.candidate : null,
    fallback: capabilities.remembers.includes('fallback') ? target.fallback : null,
    preview: capabilities.preview ? target.preview : null,
    mirror: capabilities.mirror ? target.mirror : null,
    audiences: [...target.audiences].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
  };
}

/** Equal in every part. Compare targets that went through `normaliseTarget` with the same capabilities. */
export function sameTarget(a: TrafficTarget, b: TrafficTarget): boolean {
  return (
    a.weights.green === b.weights.green &&
    a.weights.blue === b.weights.blue &&
    a.candidate === b.candidate &&
    a.fallback === b.fallback &&
    a.preview === b.preview &&
    sameCohort(a.cohort, b.cohort) &&
    a.mirror?.slot === b.mirror?.slot &&
    a.mirror?.percent === b.mirror?.percent &&
    a.audiences.length === b.audiences.length &&
    a.audiences.every((audience, index) => sameAudience(audience, b.audiences[index]!))
  );
}

function sameCohort(a: Cohort, b: Cohort): boolean {
  return a.kind === b.kind && (a.kind !== 'redrawn' || a.salt === (b as typeof a).salt);
}

function sameAudience(a: Audience, b: Audience): boolean {
  return a.name === b.name && a.slot === b.slot && matchText(a) === matchText(b);
}

function matchText({ match }: Audience): string {
  if ('header' in match) return JSON.stringify(['header', match.header, match.equals]);
  if ('cookie' in match) return JSON.stringify(['cookie', match.cookie, match.equals]);
  return JSON.stringify(['sourceRanges', match.sourceRanges]);
}

/**
 * True when every piece of `target` (its weights, its preview, each audience that is there or not, …) is as in one of
 * `sources`: what a router shows whose target takes several requests, between two of them.
 */
export function isMixtureOf(target: TrafficTarget, sources: readonly TrafficTarget[]): boolean {
  const none = { audiences: [] };
  const isKnown = (piece: keyof TrafficTarget): boolean =>
    sources.some((source) => sameTarget({ ...source, ...none, [piece]: target[piece] }, { ...source, ...none }));
  const single = ['weights', 'candidate', 'fallback', 'preview', 'cohort', 'mirror'] as const;
  const has = ({ audiences }: TrafficTarget, audience: Audience): boolean =>
    audiences.some((each) => sameAudience(each, audience));
  return (
    single.every(isKnown) &&
    target.audiences.every((audience) => sources.some((source) => has(source, audience))) &&
    (sources[0]?.audiences ?? []).every(
      (audience) => has(target, audience) || !sources.every((source) => has(source, audience)),
    )
  );
}

/** True when any part of the target can send a request to `slot`. */
export function pointsAt(target: TrafficTarget, slot: Slot): boolean {
  return (
    target.weights[slot] > 0 ||
    target.fallback === slot ||
    target.preview === slot ||
    target.mirror?.slot === slot ||
    target.audiences.some((audience) => audience.slot === slot)
  );
}

/** True unless it is sure that this routing sends nothing to `slot`. */
export function mayReach(routing: Routing, slot: Slot): boolean {
  return routing.kind === 'split' ? pointsAt(routing.target, slot) : routing.kind === 'foreign';
}

/** The slot with all the weight, or `null` when both have some. */
export function soleSlot(target: TrafficTarget): Slot | null {
  if (target.weights.blue === 100) return 'blue';
  return target.weights.green === 100 ? 'green' : null;
}
