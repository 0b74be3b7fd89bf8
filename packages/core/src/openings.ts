import { fail } from '@bluegreen/contract';
import type { CompiledWindows, Opening } from '@bluegreen/machine';

/** How far ahead windows are worked out: longer than a release waits for one. */
const horizonDays = 90;
const dayMs = 86_400_000;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/**
 * The stretches of time in which a release may shift forward, from `fromMs` on, oldest first and not touching each other.
 * They are worked out once and journaled with the plan, so that every process that goes on with the release agrees,
 * whatever time zones it knows.
 *
 * @throws `policy/capability-time-zone`, `policy/capability-windows`
 */
export function openingsOf(windows: CompiledWindows, fromMs: number): readonly Opening[] {
  const zone = zoneOf(windows.timeZone);
  const untilMs = fromMs + horizonDays * dayMs;
  const found: Opening[] = [];
  // A day earlier and a day later: a day of the zone begins up to 14 hours before or after the one of the clock.
  for (let ms = fromMs - dayMs; ms <= untilMs + dayMs; ms += dayMs) {
    const { year, month, day } = partsIn(zone, ms);
    if (isFrozen(windows, dateText(year, month, day))) continue;
    const weekday = weekdays[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]!;
    for (const { days, fromMinute, untilMinute } of windows.open) {
      if (!days.includes(weekday)) continue;
      const opens = instantIn(zone, year, month, day, fromMinute);
      const closes = instantIn(zone, year, month, day, untilMinute);
      if (closes > fromMs && opens < untilMs && closes > opens) found.push({ fromMs: opens, untilMs: closes });
    }
  }
  const openings = merged(found);
  if (openings.length === 0) throw fail('policy/capability-windows', { path: 'windows' });
  return openings;
}

function merged(found: readonly Opening[]): readonly Opening[] {
  const ordered: Opening[] = [];
  for (const opening of [...found].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = ordered.at(-1);
    if (last === undefined || opening.fromMs > last.untilMs) ordered.push(opening);
    else ordered[ordered.length - 1] = { ...last, untilMs: Math.max(last.untilMs, opening.untilMs) };
  }
  return ordered;
}

function isFrozen({ frozen }: CompiledWindows, date: string): boolean {
  return frozen.some(({ from, until }) => from <= date && date <= until);
}

function zoneOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw fail('policy/capability-time-zone', { path: 'windows.timeZone', detail: timeZone, cause });
  }
}

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

function partsIn(zone: Intl.DateTimeFormat, ms: number): Parts {
  const parts = Object.fromEntries(zone.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  return parts as unknown as Parts;
}

/**
 * The instant at which the clocks of the zone show this minute of this day. Where they never show it, because they are set
 * forward over it, the instant after the gap; where they show it twice, the first one.
 */
function instantIn(zone: Intl.DateTimeFormat, year: number, month: number, day: number, minuteOfDay: number): number {
  const local = Date.UTC(year, month - 1, day, 0, minuteOfDay);
  // The offset of the zone before and after a change of its clocks gives the candidates.
  const candidates = [local - offsetMs(zone, local - dayMs), local - offsetMs(zone, local + dayMs)].sort(
    (a, b) => a - b,
  );
  const shown = candidates.find((ms) => ms + offsetMs(zone, ms) === local);
  return shown ?? candidates.at(-1)!;
}

function offsetMs(zone: Intl.DateTimeFormat, ms: number): number {
  const { year, month, day, hour, minute, second } = partsIn(zone, ms);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

function dateText(year: number, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
