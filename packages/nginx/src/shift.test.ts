import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { weights } from '@bluegreen/contract';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allTo, type Disk, listing, makeDisk, routeOn, SteppedWriter, splitTo } from './disk.fixture.js';
import { shift, steps } from './shift.js';
import { writeCall } from './site.fixture.js';
import { readState } from './state.js';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk('blue');
});
afterEach(() => disk.remove());

const half = splitTo('green', 50);

describe('route', { timeout: 60_000 }, () => {
  test('S54: gives the whole target back: weights, candidate, fallback, audiences, preview, cohort', async () => {
    const audiences = [{ name: 'beta', match: { header: 'x-beta', equals: '1' } }];
    const rich = await makeDisk('blue', { audiences, preview: { port: 8090 } });
    const target = fc.record({
      weights: fc.integer({ min: 0, max: 1000 }).map((tenths) => weights(tenths / 10)),
      candidate: fc.constantFrom('blue' as const, 'green' as const, null),
      fallback: fc.constantFrom('blue' as const, 'green' as const, null),
      preview: fc.constantFrom('blue' as const, 'green' as const, null),
      audiences: fc.constantFrom([], [{ ...audiences[0]!, slot: 'green' as const }]),
      cohort: fc.constantFrom(
        { kind: 'sticky' as const },
        { kind: 'redrawn' as const, salt: 'release-7' },
        { kind: 'per-request' as const },
      ),
      mirror: fc.constant(null),
    });
    let sequence = 0;
    await fc.assert(
      fc.asyncProperty(target, async (wanted) => {
        sequence += 1;
        await routeOn(rich.settings, wanted, 1, sequence);
        const { routing, generation } = await readState(rich.settings);
        expect(routing).toEqual({ kind: 'split', target: wanted });
        expect(generation?.fence).toEqual({ epoch: 1, sequence });
      }),
      { numRuns: 40 },
    );
    rich.remove();
  });

  test('S40: the same write again is a no-op, also with the revision of before', async () => {
    const before = await readState(disk.settings);
    await shift(disk.settings, half, before, writeCall(1, 1));
    const names = listing(disk.settings.stateDirectory);
    const after = await readState(disk.settings);
    await shift(disk.settings, half, before, writeCall(1, 1));
    expect(listing(disk.settings.stateDirectory)).toEqual(names);
    expect((await readState(disk.settings)).revision).toBe(after.revision);
  });

  test('S51: the same target under a higher fence is stamped', async () => {
    await routeOn(disk.settings, half, 1, 1);
    await routeOn(disk.settings, half, 2, 1);
    expect((await readState(disk.settings)).generation?.fence).toEqual({ epoch: 2, sequence: 1 });
  });

  test('S36: a lower epoch is fenced, a sequence that is not higher has to recompute; nothing is changed', async () => {
    await routeOn(disk.settings, half, 2, 5);
    const names = listing(disk.settings.stateDirectory);
    for (const [epoch, sequence, reaction] of [
      [1, 9, 'fenced'],
      [2, 4, 'recompute'],
      [2, 5, 'recompute'],
    ] as const) {
      const other = writeCall(epoch, sequence, 'another key');
      const refused = shift(disk.settings, allTo('blue'), await readState(disk.settings), other);
      await expect(refused).rejects.toMatchObject({ reaction });
    }
    expect(listing(disk.settings.stateDirectory)).toEqual(names);
  });

  test('S32: a state that changed since it was read is not overwritten', async () => {
    const stale = await readState(disk.settings);
    await routeOn(disk.settings, half, 1, 1);
    const names = listing(disk.settings.stateDirectory);
    await expect(shift(disk.settings, allTo('blue'), stale, writeCall(1, 2))).rejects.toMatchObject({
      code: 'nginx/revision-changed',
      reaction: 'recompute',
    });
    expect(listing(disk.settings.stateDirectory)).toEqual(names);
  });

  test('S33: a hand edit is refused, kept, and overruled only by who has read it', async () => {
    await routeOn(disk.settings, half, 1, 1);
    const before = await readState(disk.settings);
    const marker = join(disk.settings.stateDirectory, 'current', 'blue', 'everyone', '17');
    writeFileSync(marker, '');
    await expect(shift(disk.settings, allTo('blue'), before, writeCall(1, 2))).rejects.toMatchObject({
      reaction: 'recompute',
    });
    const edited = await readState(disk.settings);
    expect(edited.routing).toMatchObject({ kind: 'foreign', code: 'nginx/state-edited' });
    expect(listing(disk.settings.stateDirectory)).toContain(marker.replace('current', 'r-1-1'));
    await shift(disk.settings, allTo('blue'), edited, writeCall(1, 2));
    expect((await readState(disk.settings)).routing).toEqual({ kind: 'split', target: allTo('blue') });
  });

  test('a state directory that setup() did not make is refused', async () => {
    rmSync(disk.settings.stateDirectory, { recursive: true });
    await expect(routeOn(disk.settings, half, 1, 1)).rejects.toMatchObject({ code: 'nginx/state-missing' });
  });

  test('S50: an aborted call never switches, whichever step it is in', async () => {
    const before = await readState(disk.settings);
    for (const stop of steps.slice(0, steps.indexOf('checked'))) {
      const abort = new AbortController();
      const call = { ...writeCall(1, 1), signal: abort.signal };
      const aborted = shift(disk.settings, half, before, call, async (step) => {
        if (step === stop) abort.abort();
      });
      await expect(aborted).rejects.toMatchObject({ code: 'nginx/aborted', reaction: 'retry' });
      expect((await readState(disk.settings)).revision).toBe(before.revision);
    }
    await shift(disk.settings, half, before, writeCall(1, 1));
    expect((await readState(disk.settings)).routing).toEqual({ kind: 'split', target: half });
  });

  test('what earlier shifts left is removed, what a worker may still look at is kept', async () => {
    for (let sequence = 1; sequence <= 8; sequence += 1) {
      await routeOn(disk.settings, allTo(sequence % 2 ? 'green' : 'blue'), 1, sequence);
    }
    const names = readdirSync(disk.settings.stateDirectory).sort();
    expect(names).toEqual(['all', 'claim-1', 'current', 'mark', 'nobody', 'r-1-6', 'r-1-7', 'r-1-8', 'setup']);
  });
});

describe('S41: a writer that is killed', { timeout: 60_000 }, () => {
  const flips = allTo('green', { fallback: 'green' });

  test.each(steps)('after %s leaves the old state or the new one, and the next owner goes on', async (stop) => {
    const before = await readState(disk.settings);
    const killed = new SteppedWriter((hook) => shift(disk.settings, flips, before, writeCall(1, 1), hook));
    while (killed.standsAfter !== stop) await killed.advance();
    // Here it stays for ever: nothing after this step happens, as after a kill.

    const left = await readState(disk.settings);
    const switched = steps.indexOf(stop) >= steps.indexOf('switched');
    const fallback = steps.indexOf(stop) >= steps.indexOf('fallback-set') ? 'green' : 'blue';
    expect(left.routing).toEqual({ kind: 'split', target: switched ? { ...flips, fallback } : allTo('blue') });
    if (!switched) expect(left.revision).toBe(before.revision);

    await routeOn(disk.settings, flips, 2, 1);
    expect((await readState(disk.settings)).routing).toEqual({ kind: 'split', target: flips });
    await routeOn(disk.settings, allTo('blue'), 2, 2);
    await routeOn(disk.settings, flips, 2, 3);
    await routeOn(disk.settings, allTo('blue'), 2, 4);
    const links = [disk.settings.stateDirectory, disk.settings.fallbackDirectory].flatMap((each) => readdirSync(each));
    expect(links.filter((name) => name.startsWith('.'))).toEqual([]);
    expect(links).not.toContain('r-1-1');
  });

  test('between switch and fallback can send the very same write again', async () => {
    const before = await readState(disk.settings);
    const killed = new SteppedWriter((hook) => shift(disk.settings, flips, before, writeCall(1, 1), hook));
    while (killed.standsAfter !== 'switched') await killed.advance();
    await shift(disk.settings, flips, before, writeCall(1, 1));
    expect((await readState(disk.settings)).routing).toEqual({ kind: 'split', target: flips });
  });

  test('in the first shift of all leaves no state or the new one, never a lost one', async () => {
    for (const stop of steps) {
      const fresh = await makeDisk(null);
      const empty = await readState(fresh.settings);
      expect(empty.routing).toEqual({ kind: 'unrouted' });
      const killed = new SteppedWriter((hook) => shift(fresh.settings, flips, empty, writeCall(1, 1), hook));
      while (killed.standsAfter !== stop) await killed.advance();
      const left = await readState(fresh.settings);
      if (steps.indexOf(stop) < steps.indexOf('switched')) expect(left.routing).toEqual({ kind: 'unrouted' });
      else expect(left.routing).toMatchObject({ kind: 'split', target: { weights: flips.weights } });
      await routeOn(fresh.settings, flips, 2, 1);
      expect((await readState(fresh.settings)).routing).toEqual({ kind: 'split', target: flips });
      fresh.remove();
    }
  });
});
