import { readdirSync } from 'node:fs';
import { everythingTo, isBluegreenError } from '@bluegreen/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerFrom } from '../backends.fixture.js';
import { hasNginx } from '../nginx-server.fixture.js';
import { readOptions, type Settings } from '../settings.js';
import { readCall, type Site, startSite, writeCall } from '../site.fixture.js';
import { type ReloadHook, reloadSteps, shiftByReload } from './shift-by-reload.js';

const run = describe.runIf(hasNginx('that an older owner of a reload never undoes a newer one'));

run('writers by reload, stopped anywhere', { timeout: 60_000 }, () => {
  let site: Site;
  let settings: Settings;
  let epoch = 0;
  beforeAll(async () => {
    site = await startSite(() => ({ mode: 'reload' }));
    settings = readOptions(site.options);
  }, 60_000);
  afterAll(() => site?.remove());

  const write = (slot: 'blue' | 'green', revision: string, by: number, sequence: number, hook?: ReloadHook) =>
    shiftByReload(
      settings,
      everythingTo(slot),
      { revision },
      writeCall(by, sequence),
      { word: '', keys: new Set() },
      hook,
    );
  const serves = async () => {
    const { routing, proof, afterRestart } = await site.traffic.observe(readCall());
    expect(proof).toBe('proven');
    expect(afterRestart).toEqual(routing);
    return (await answerFrom(site.nginx.ports.public)).slot;
  };

  /** An older owner that stands after this step until it is let go. */
  function stoppedWriter(slot: 'blue' | 'green', revision: string, by: number, after: (typeof reloadSteps)[number]) {
    let resume = () => {};
    const parked = new Promise<void>((isParked) => {
      const hook: ReloadHook = async (step) => {
        if (step !== after) return;
        await new Promise<void>((go) => {
          resume = go;
          isParked();
        });
      };
      ended = write(slot, revision, by, 1, hook).then(
        () => 'written' as const,
        (error: unknown) => error,
      );
    });
    return { parked, resume: () => resume(), ended: () => ended };
  }
  let ended: Promise<unknown> = Promise.resolve();

  test.each(reloadSteps)(
    'after `%s`, it is followed by a newer one and undoes nothing when it goes on',
    async (step) => {
      const first = await serves();
      const other = first === 'blue' ? 'green' : 'blue';
      epoch += 2;
      const { revision } = await site.traffic.observe(readCall());
      const older = stoppedWriter(other, revision, epoch, step);
      await older.parked;
      const newer = await site.traffic.observe(readCall());
      await write(first!, newer.revision, epoch + 1, 1);
      expect(await serves()).toBe(first);
      older.resume();
      const outcome = await older.ended();
      // One that had seen its own configuration live was not wrong when it says so.
      if (step !== 'live') expect(isBluegreenError(outcome) ? outcome.code : outcome).toBe('nginx/newer-owner');
      expect(await serves()).toBe(first);
      expect(readdirSync(site.directories.include).filter((name) => name.startsWith('.'))).toEqual([]);
    },
  );

  test('the same write again finishes what a stopped one began', async () => {
    const first = await serves();
    const other = first === 'blue' ? 'green' : 'blue';
    epoch += 2;
    const { revision } = await site.traffic.observe(readCall());
    const stopped = stoppedWriter(other, revision, epoch, 'switched');
    await stopped.parked;
    await write(other, revision, epoch, 1);
    expect(await serves()).toBe(other);
  });
});
