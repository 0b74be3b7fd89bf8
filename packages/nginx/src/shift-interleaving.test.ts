import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isBluegreenError } from '@bluegreen/contract';
import { expect, test } from 'vitest';
import { allTo, makeDisk, SteppedWriter } from './disk.fixture.js';
import type { Settings } from './settings.js';
import { shift, steps } from './shift.js';
import { writeCall } from './site.fixture.js';
import { readState } from './state.js';

const oldTarget = allTo('green', { fallback: 'green' });
const newTarget = allTo('blue', { fallback: 'blue' });

/** Epochs of `current` as anybody could have seen them. */
function epochNow(settings: Settings): number {
  return Number(readlinkSync(join(settings.stateDirectory, 'current')).split('-')[1]);
}

/** Like the runner: reads, writes, and after `recompute` reads and writes again. */
async function persistently(settings: Settings, epoch: number, hook: Parameters<typeof shift>[4]): Promise<void> {
  for (let sequence = 1; ; sequence += 1) {
    try {
      return await shift(settings, newTarget, await readState(settings), writeCall(epoch, sequence), hook);
    } catch (error) {
      if (!isBluegreenError(error) || error.reaction !== 'recompute' || sequence === 5) throw error;
    }
  }
}

test('S36, F24: an old owner that is stopped anywhere, twice, never undoes or outlives a new one', {
  timeout: 300_000,
}, async () => {
  const disk = await makeDisk('blue');
  const { settings } = disk;
  let epoch = 1;
  let fenced = 0;
  let landed = 0;
  const stops = [0, ...steps.map((_, index) => index + 1)];
  for (const oldFirst of stops) {
    for (const newFirst of stops) {
      const oldMore = (oldFirst + newFirst) % 4;
      const expected = await readState(settings);
      const older = new SteppedWriter((hook) => shift(settings, oldTarget, expected, writeCall(epoch, 1), hook));
      const newer = new SteppedWriter((hook) => persistently(settings, epoch + 1, hook));
      const seen: number[] = [];
      const look = () => seen.push(epochNow(settings));
      for (let count = 0; count < oldFirst; count += 1) await older.advance().then(look);
      for (let count = 0; count < newFirst; count += 1) await newer.advance().then(look);
      for (let count = 0; count < oldMore; count += 1) await older.advance().then(look);
      await newer.finish();
      look();
      await older.finish();
      look();

      const state = await readState(settings);
      const where = `old stopped after ${oldFirst} and ${oldMore} more, new after ${newFirst}`;
      expect(newer.ended, where).toBe('written');
      expect(state.routing, where).toEqual({ kind: 'split', target: newTarget });
      expect(state.generation?.fence.epoch, where).toBe(epoch + 1);
      expect(seen, where).toEqual([...seen].sort((a, b) => a - b));
      if (older.ended === 'written') landed += 1;
      else {
        expect(older.ended, where).toMatchObject({ code: 'nginx/newer-owner', reaction: 'fenced' });
        fenced += 1;
      }
      epoch += 2;
    }
  }
  // Both outcomes were met, so the walk reached both sides of the race.
  expect(fenced).toBeGreaterThan(50);
  expect(landed).toBeGreaterThan(10);
  disk.remove();
});
