import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { immediatePump } from './pump.js';
import { createVirtualClock } from './virtual-clock.js';

type Step =
  | { readonly kind: 'set'; readonly delayMs: number }
  | { readonly kind: 'clear'; readonly timer: number }
  | { readonly kind: 'run'; readonly forMs: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('set' as const), delayMs: fc.integer({ min: -5, max: 60 }) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('clear' as const), timer: fc.nat(200) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('run' as const), forMs: fc.integer({ min: 0, max: 40 }) }) },
  ),
  { maxLength: 300 },
);

/** What a clock has to do, written as plainly as possible. */
function modelOf(script: readonly Step[]): string[] {
  const history: string[] = [];
  let now = 0;
  const timers: { due: number; name: number; live: boolean }[] = [];
  for (const step of script) {
    if (step.kind === 'set') timers.push({ due: now + Math.max(0, step.delayMs), name: timers.length, live: true });
    if (step.kind === 'clear' && timers.length > 0) timers[step.timer % timers.length]!.live = false;
    if (step.kind === 'run') {
      const end = now + step.forMs;
      for (const timer of timers
        .filter((one) => one.live && one.due <= end)
        .sort((a, b) => a.due - b.due || a.name - b.name)) {
        timer.live = false;
        history.push(`${timer.due}:${timer.name}`);
      }
      now = end;
    }
  }
  return history;
}

describe('virtual clock', () => {
  test('runs timers like a sorted list does, whatever is set, cleared and run', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const clock = createVirtualClock({ startMs: 0 });
        const history: string[] = [];
        const handles: unknown[] = [];
        for (const step of script) {
          if (step.kind === 'set') {
            const name = handles.length;
            handles.push(clock.setTimeout(() => history.push(`${clock.now()}:${name}`), step.delayMs));
          }
          if (step.kind === 'clear' && handles.length > 0) clock.clearTimeout(handles[step.timer % handles.length]);
          if (step.kind === 'run') expect(clock.runUntil(clock.now() + step.forMs)).toBe(true);
        }
        expect(history).toEqual(modelOf(script));
      }),
      { numRuns: 300 },
    );
  });

  test('a handle of a timer that is over clears nothing, though its place is used again', () => {
    const clock = createVirtualClock();
    const ran: string[] = [];
    const first = clock.setTimeout(() => ran.push('first'), 1);
    clock.runUntil(clock.now() + 1);
    clock.setTimeout(() => ran.push('second'), 1);
    clock.clearTimeout(first);
    clock.runUntil(clock.now() + 1);
    expect(ran).toEqual(['first', 'second']);
  });

  test('forgets cleared timers before they are due', () => {
    const clock = createVirtualClock();
    for (let round = 0; round < 10_000; round++) clock.clearTimeout(clock.setTimeout(() => {}, 1e9));
    expect(clock.pendingCount).toBe(0);
    expect(clock.nextDueAt()).toBeNull();
  });

  test('with a condition, stops as soon as it holds and says when it never will', () => {
    const clock = createVirtualClock({ startMs: 0 });
    let count = 0;
    for (let delayMs = 1; delayMs <= 5; delayMs++) clock.setTimeout(() => count++, delayMs);
    expect(clock.runUntil(() => count === 3)).toBe(true);
    expect([clock.now(), count]).toEqual([3, 3]);
    expect(clock.runUntil(() => count === 9)).toBe(false);
    expect([clock.now(), count]).toEqual([5, 5]);
  });

  test('ends an endless loop with a code', () => {
    const clock = createVirtualClock({ maxEvents: 100 });
    const again = () => void clock.setTimeout(again, 0);
    again();
    expect(() => clock.runUntil(() => false)).toThrow(expect.objectContaining({ code: 'simulator/too-many-events' }));
    expect(clock.eventCount).toBe(100);
  });

  test('refuses to be run from one of its own timers', () => {
    const clock = createVirtualClock();
    clock.setTimeout(() => clock.runUntil(() => true), 1);
    expect(() => clock.runUntil(() => false)).toThrow(expect.objectContaining({ code: 'simulator/clock-running' }));
  });

  test('refuses a delay that is no number', () => {
    const clock = createVirtualClock();
    const invalid = expect.objectContaining({ code: 'simulator/delay-invalid' });
    expect(() => clock.setTimeout(() => {}, Number.NaN)).toThrow(invalid);
    expect(() => clock.setTimeout(() => {}, Number.POSITIVE_INFINITY)).toThrow(invalid);
  });

  test('lets a chain of 1,000 promises come to rest before time moves on', async () => {
    const clock = createVirtualClock({ startMs: 0 });
    const sleep = (delayMs: number) => new Promise<void>((resolve) => void clock.setTimeout(resolve, delayMs));
    let cameToRestAt = -1;
    const chain = async () => {
      await sleep(10);
      for (let hop = 0; hop < 1_000; hop++) await null;
      cameToRestAt = clock.now();
    };
    const running = chain();
    clock.setTimeout(() => {}, 11);
    expect(await clock.runAsync(100)).toBe(true);
    await running;
    expect(cameToRestAt).toBe(10);
    expect(clock.now()).toBe(100);
  });

  test('the immediate pump settles code that waits on ticks of the process', async () => {
    const clock = createVirtualClock({ startMs: 0 });
    let cameToRestAt = -1;
    clock.setTimeout(() => process.nextTick(() => process.nextTick(() => (cameToRestAt = clock.now()))), 10);
    clock.setTimeout(() => {}, 11);
    await clock.runAsync(20, { pump: immediatePump });
    expect(cameToRestAt).toBe(10);
  });

  test('driven by promises, hands over what a timer throws, and can be run again', async () => {
    const clock = createVirtualClock({ startMs: 0 });
    clock.setTimeout(() => {
      throw new Error('from a timer');
    }, 1);
    clock.setTimeout(() => {}, 2);
    await expect(clock.runAsync(() => false)).rejects.toThrow('from a timer');
    expect(await clock.runAsync(() => false)).toBe(false);
    expect(clock.now()).toBe(2);
  });
});
