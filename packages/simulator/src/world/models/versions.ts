import { durationMs } from '@bluegreen/contract';
import type { VersionBehaviour } from '../behaviour.js';
import type { Custom, VersionEffect } from './effects.js';
import { timeOfDayMs } from './time-of-day.js';

/** Everything that several behaviours say, in one: of fields that contradict each other the last one holds. */
export function combined(...behaviours: readonly VersionBehaviour[]): VersionBehaviour {
  return Object.assign({}, ...behaviours, { effects: behaviours.flatMap(({ effects = [] }) => effects) });
}

/** Slow at first: by a factor of 1 + `slowdown` (2), which goes down with the time in service, by e in `settle` (2m). */
export function coldStart(
  options: { readonly slowdown?: number; readonly settle?: string; readonly errorRate?: number } = {},
): VersionBehaviour {
  const { slowdown = 2, settle = '2m', errorRate = 0 } = options;
  return of({ effect: 'cold-start', slowdown, settleMs: durationMs(settle), errorRate });
}

/** Its cache is empty: every first request takes `originMs` (300) more, until so many `requests` (5,000) filled it. */
export function coldCache(
  options: {
    readonly requests?: number;
    readonly missShare?: number;
    readonly originMs?: number;
    readonly dependency?: string;
  } = {},
): VersionBehaviour {
  const { requests = 5_000, missShare = 0.05, originMs = 300, dependency = null } = options;
  return of({ effect: 'cold-cache', requests, missShare, originMs, dependency });
}

/** Every request takes `factor` times as long. */
export function slower(factor: number): VersionBehaviour {
  return of({ effect: 'slower', factor });
}

/** `share` (0.02) of the requests takes `addedMs` (500) more; the rest is as before. */
export function slowTail({ share = 0.02, addedMs = 500 } = {}): VersionBehaviour {
  return of({ effect: 'slow-tail', share, addedMs });
}

/** With all users on it, its servers are used by this much (0.6); above 1 they can't keep up. */
export function limitedCapacity(
  options: { readonly utilisation?: number; readonly timeout?: string; readonly retried?: number } = {},
): VersionBehaviour {
  const { utilisation = 0.6, timeout = '10s', retried = 0.5 } = options;
  return of({ effect: 'limited-capacity', utilisation, timeoutMs: durationMs(timeout), retried });
}

/** Its memory is full `after` (4h) with all users on it, more slowly with fewer; then the process dies and starts again. */
export function leaking({ after = '4h' }: { readonly after?: string } = {}): VersionBehaviour {
  return of({ effect: 'leak', fullAfterMs: durationMs(after) });
}

/** `errorRate` (0.5) of the requests of some fail: of a `group` of people, of an `endpoint`, or of a `share` (0.02) of all users. */
export function bug(
  options: {
    readonly errorRate?: number;
    readonly group?: string;
    readonly endpoint?: string;
    readonly share?: number;
  } = {},
): VersionBehaviour {
  const { errorRate = 0.5, group = null, endpoint = null, share = 0.02 } = options;
  return of({ effect: 'bug', errorRate, group, endpoint, share });
}

/** Fails (all requests, unless told) from one time of the day to another, in UTC: `{ from: '23:55', to: '00:10' }`. */
export function dailyWindow(window: {
  readonly from: string;
  readonly to: string;
  readonly errorRate?: number;
}): VersionBehaviour {
  const { from, to, errorRate = 1 } = window;
  return of({
    effect: 'daily-window',
    fromMs: timeOfDayMs(from, 'dailyWindow.from'),
    toMs: timeOfDayMs(to, 'dailyWindow.to'),
    errorRate,
  });
}

/** Makes `perRequest` (3) calls of a shared dependency where the old version makes one. */
export function dependencyCalls({ dependency = 'database', perRequest = 3 } = {}): VersionBehaviour {
  return of({ effect: 'dependency-calls', dependency, perRequest });
}

/** Breaks what both versions share, from its deployment on, or from its first user on. */
export function badMigration(
  options: { readonly from?: 'deploy' | 'first-user'; readonly errorRate?: number; readonly restore?: string } = {},
): VersionBehaviour {
  const { from = 'first-user', errorRate = 0.3, restore } = options;
  return of({
    effect: 'bad-migration',
    from,
    errorRate,
    restoreMs: restore === undefined ? null : durationMs(restore),
  });
}

/** Its errors come in clusters of `meanSize` (5) on average: their variance is 2 · meanSize − 1 times as large. */
export function clusteredErrors({ meanSize = 5 } = {}): VersionBehaviour {
  return { clusterSize: meanSize };
}

/** A behaviour of your own. The function must be pure; the same conditions always get the same answer. */
export function behaves(name: string, respond: Custom['respond']): VersionBehaviour {
  return of({ effect: 'custom', name, respond });
}

function of(effect: VersionEffect): VersionBehaviour {
  return { effects: [effect] };
}
