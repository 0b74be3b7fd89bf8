import type { AudienceMatch, TrafficTarget } from '@bluegreen/contract';
import { fail } from './failure.js';
import type { Settings } from './settings.js';

/** Refuses a target that this load balancer can't express, before anything is asked. */
export function checkTarget(settings: Settings, target: TrafficTarget): void {
  if (target.mirror !== null) throw fail('alb/mirror-unsupported');
  const cohort = cohortOf(settings);
  if (target.cohort.kind !== cohort)
    throw fail('alb/cohort-unsupported', { detail: `${target.cohort.kind}, not ${cohort}` });
  if (target.preview !== null && settings.preview === null) throw fail('alb/preview-not-configured');
  const unknown = target.audiences.find((audience) => !isDeclared(settings, audience));
  if (unknown !== undefined) throw fail('alb/audience-undeclared', { detail: unknown.name });
}

export function cohortOf({ stickinessSeconds }: Pick<Settings, 'stickinessSeconds'>): 'per-request' | 'bound' {
  return stickinessSeconds === null ? 'per-request' : 'bound';
}

/** True when the options have this audience, recognised in the same way. */
export function isDeclared(
  settings: Settings,
  { name, match }: { readonly name: string; readonly match: AudienceMatch },
): boolean {
  const declared = settings.audiences.find((audience) => audience.name === name);
  return declared !== undefined && matchText(declared.match) === matchText(match);
}

function matchText(match: AudienceMatch): string {
  if ('header' in match) return JSON.stringify(['header', match.header, match.equals]);
  if ('cookie' in match) return JSON.stringify(['cookie', match.cookie, match.equals]);
  return JSON.stringify(['sourceRanges', match.sourceRanges]);
}
