import { testJournal } from '@bluegreen/conformance';
import type { Clock } from '@bluegreen/contract';
import { releaseResource } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import { memoryJournal } from './memory-journal.js';

class ManualClock implements Clock {
  nowMs = 1_700_000_000_000;
  now = () => this.nowMs;
  setTimeout = (run: () => void, delayMs: number) => setTimeout(run, delayMs);
  clearTimeout = (handle: unknown) => clearTimeout(handle as NodeJS.Timeout);
}

testJournal({ describe, test }, async () => {
  const clock = new ManualClock();
  const journal = memoryJournal({ clock });
  return { open: () => journal, now: clock.now, advance: (durationMs) => (clock.nowMs += durationMs) };
});

describe('memoryJournal', () => {
  test('appends without waiting, in one order with the appends that wait', async () => {
    const journal = memoryJournal();
    const session = await journal.join({ id: 'one', ttlMs: 1_000 });
    const writer = await (await session.acquire([releaseResource('r1')])).writer('r1');
    const pending = writer.append([{ type: 'a', at: 1 }]);
    expect(writer.appendNow([{ type: 'b', at: 2 }])).toEqual([{ seq: 2, epoch: 1, event: { type: 'b', at: 2 } }]);
    await pending;
    expect((await journal.read('r1')).map((record) => record.event.type)).toEqual(['a', 'b']);
  });

  test('refuses at once to append for an owner who was followed', async () => {
    const clock = new ManualClock();
    const journal = memoryJournal({ clock });
    const take = async (id: string) => {
      const session = await journal.join({ id, ttlMs: 1_000 });
      return (await session.acquire([releaseResource('r1')])).writer('r1');
    };
    const old = await take('one');
    clock.nowMs += 1_001;
    const next = await take('two');
    expect(() => old.appendNow([{ type: 'late', at: 1 }])).toThrow(/journal\/lease-lost/);
    next.appendNow([{ type: 'a', at: 1 }]);
    expect(await journal.read('r1')).toHaveLength(1);
  });

  test('lives by the clock of the process when none is given', async () => {
    const journal = memoryJournal();
    await (await journal.join({ id: 'one', ttlMs: 60_000 })).acquire(['router']);
    const other = await journal.join({ id: 'two', ttlMs: 60_000 });
    await expect(other.acquire(['router'])).rejects.toThrow(/journal\/lease-held/);
  });
});
