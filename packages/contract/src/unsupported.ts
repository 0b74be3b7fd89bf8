import type { AudienceKind, AudienceMatch, TrafficCapabilities, TrafficTarget } from './traffic.js';

/** A part of a target that a router cannot be told, and what it is in this target. */
export interface UnsupportedPart {
  readonly part: 'weights' | 'cohort' | 'audiences' | 'preview' | 'mirror';
  readonly detail: string;
}

/**
 * The first part of `target` that `capabilities` do not declare; `null` when the router can be told all of it. An
 * adapter refuses such a target before it sends anything: what is dropped in silence would count as reached.
 */
export function unsupportedPart(target: TrafficTarget, capabilities: TrafficCapabilities): UnsupportedPart | null {
  const { weightStepPercent: step, cohorts, audiences } = capabilities;
  const steps = target.weights.green / step;
  if (Math.abs(steps - Math.round(steps)) > 1e-9) {
    return { part: 'weights', detail: `${target.weights.green} % in steps of ${step}` };
  }
  if (!cohorts.includes(target.cohort.kind)) return { part: 'cohort', detail: `cohort ${target.cohort.kind}` };
  const unknown = target.audiences.find(({ match }) => !audiences.includes(audienceKind(match)));
  if (unknown !== undefined) {
    return { part: 'audiences', detail: `audience ${unknown.name} by ${audienceKind(unknown.match)}` };
  }
  for (const part of ['preview', 'mirror'] as const) {
    if (target[part] !== null && !capabilities[part]) return { part, detail: part };
  }
  return null;
}

/** How an audience is recognised. */
export function audienceKind(match: AudienceMatch): AudienceKind {
  if ('header' in match) return 'header';
  return 'cookie' in match ? 'cookie' : 'source-range';
}
