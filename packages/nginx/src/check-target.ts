import type { Audience, AudienceMatch, TrafficTarget } from '@bluegreen/contract';
import { fail } from './failure.js';
import type { Settings } from './settings.js';

/** Refuses a target that the loaded configuration cannot express, before anything is touched. */
export function checkTarget(settings: Settings, target: TrafficTarget): void {
  if (target.mirror !== null && !settings.mirror) throw fail('nginx/mirror-unsupported');
  if (target.cohort.kind === 'bound') throw fail('nginx/cohort-unsupported', { detail: target.cohort.kind });
  if (target.preview !== null && settings.preview === null) throw fail('nginx/preview-not-configured');
  if (target.fallback === null && settings.lastResort !== null) throw fail('nginx/fallback-needed');
  const unknown = target.audiences.find((audience) => !isDeclared(settings, audience));
  if (unknown !== undefined) throw fail('nginx/audience-undeclared', { detail: unknown.name });
}

/** True when the options have this audience, recognised in the same way. */
export function isDeclared(settings: Settings, { name, match }: Pick<Audience, 'name' | 'match'>): boolean {
  const declared = settings.audiences.find((audience) => audience.name === name);
  return declared !== undefined && fingerprint(declared.match) === fingerprint(match);
}

function fingerprint(match: AudienceMatch): string {
  if ('header' in match) return JSON.stringify(['header', match.header.toLowerCase(), match.equals]);
  if ('cookie' in match) return JSON.stringify(['cookie', match.cookie, match.equals]);
  return JSON.stringify(['sourceRanges', match.sourceRanges]);
}
