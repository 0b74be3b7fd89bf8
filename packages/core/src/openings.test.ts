import { isBluegreenError } from '@bluegreen/contract';
import type { CompiledWindows, Weekday } from '@bluegreen/machine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openingsOf } from './openings.js';

const workdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const everyDay: readonly Weekday[] = [...workdays, 'sat', 'sun'];

function windows(patch: Partial<CompiledWindows> = {}): CompiledWindows {
  return {
    timeZone: 'Europe/Berlin',
    open: [{ days: workdays, fromMinute: 9 * 60, untilMinute: 16 * 60 }],
    frozen: [],
    ...patch,
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
const printed = (found: ReturnType<typeof openingsOf>) =>
  found.map(({ fromMs, untilMs }) => [iso(fromMs), iso(untilMs)]);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isBluegreenError(error)) return error.code;
    throw error;
  }
  return 'none';
}

describe('the windows of a policy', () => {
  it('open by the clocks of their zone, over a change of those clocks', () => {
    const found = openingsOf(windows(), Date.parse('2026-10-23T12:00:00Z'));
    expect(printed(found).slice(0, 3)).toEqual([
      ['2026-10-23T07:00:00.000Z', '2026-10-23T14:00:00.000Z'],
      ['2026-10-26T08:00:00.000Z', '2026-10-26T15:00:00.000Z'],
      ['2026-10-27T08:00:00.000Z', '2026-10-27T15:00:00.000Z'],
    ]);
  });

  it('open after the gap when the clocks jump over their beginning, and at the first of two beginnings', () => {
    const night = windows({ open: [{ days: ['sun'], fromMinute: 150, untilMinute: 240 }] });
    const [spring] = openingsOf(night, Date.parse('2026-03-29T00:00:00Z'));
    expect(iso(spring!.fromMs)).toBe('2026-03-29T01:30:00.000Z');
    const [autumn] = openingsOf(night, Date.parse('2026-10-25T00:00:00Z'));
    expect(iso(autumn!.fromMs)).toBe('2026-10-25T00:30:00.000Z');
  });

  it('stay closed on frozen days, the first and the last included', () => {
    const frozen = [{ from: '2026-12-24', until: '2027-01-01' }];
    const found = openingsOf(windows({ frozen }), Date.parse('2026-12-23T15:00:00Z'));
    expect(iso(found[0]!.fromMs)).toBe('2027-01-04T08:00:00.000Z');
  });

  it('are one where they touch', () => {
    const always = windows({ open: [{ days: everyDay, fromMinute: 0, untilMinute: 1440 }] });
    expect(openingsOf(always, Date.parse('2026-06-01T00:00:00Z'))).toHaveLength(1);
    const frozen = [{ from: '2026-06-10', until: '2026-06-11' }];
    expect(openingsOf({ ...always, frozen }, Date.parse('2026-06-01T00:00:00Z'))).toHaveLength(2);
  });

  it('are refused where they never open, and where nobody knows the zone', () => {
    expect(codeOf(() => openingsOf(windows({ open: [] }), 0))).toBe('policy/capability-windows');
    const frozen = [{ from: '1969-01-01', until: '2000-01-01' }];
    expect(codeOf(() => openingsOf(windows({ frozen }), 0))).toBe('policy/capability-windows');
    expect(codeOf(() => openingsOf(windows({ timeZone: 'Europe/Atlantis' }), 0))).toBe('policy/capability-time-zone');
  });

  it('hold exactly the minutes that the policy names, in every zone and at every time of the year', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'Pacific/Kiritimati',
    );
    const window = fc
      .record({
        days: fc.subarray([...everyDay], { minLength: 1 }),
        a: fc.integer({ min: 0, max: 1439 }),
        b: fc.integer({ min: 1, max: 1440 }),
      })
      .filter(({ a, b }) => a < b)
      .map(({ days, a, b }) => ({ days, fromMinute: a, untilMinute: b }));
    const instant = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2030-01-01') });
    const minutes = fc.array(fc.integer({ min: 0, max: 80 * 24 * 60 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(
        zones,
        fc.array(window, { minLength: 1, maxLength: 3 }),
        instant,
        minutes,
        (timeZone, open, from, later) => {
          const found = openingsOf({ timeZone, open, frozen: [] }, from);
          const clock = new Intl.DateTimeFormat('en-GB', {
            timeZone,
            weekday: 'short',
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
          });
          for (const minute of later) {
            const at = from + minute * 60_000;
            const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
            const shown = Number(parts.hour) * 60 + Number(parts.minute);
            const named = open.some(
              ({ days, fromMinute, untilMinute }) =>
                (days as readonly string[]).includes(parts.weekday!.toLowerCase()) &&
                fromMinute <= shown &&
                shown < untilMinute,
            );
            const isOpen = found.some(({ fromMs, untilMs }) => fromMs <= at && at < untilMs);
            // In the hour that exists twice a window is open from its first beginning on; in the one that never is, not at all.
            const isChanging = [-3_600_000, 3_600_000].some((ms) => changes(timeZone, at, at + ms));
            if (!isChanging) expect([iso(at), isOpen]).toEqual([iso(at), named]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Whether the clocks of the zone are set between these instants. */
function changes(timeZone: string, a: number, b: number): boolean {
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const minutesOf = (ms: number) => {
    const [hours = 0, minutes = 0] = hour.format(ms).split(':').map(Number);
    return hours * 60 + minutes;
  };
  const passed = ((minutesOf(b) - minutesOf(a) + 1440 + 720) % 1440) - 720;
  return passed !== Math.round((b - a) / 60_000);
}
