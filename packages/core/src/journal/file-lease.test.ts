import { type Journal, type JournalSession, releaseResource } from '@bluegreen/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import { encodeLine } from './line.js';
import { PausingHook } from './pausing-hook.fixture.js';
import { failure } from './simulated-disk.fixture.js';
import { SimulatedHost } from './simulated-host.fixture.js';

const ttlMs = 10_000;
const hourMs = 3_600_000;

let host: SimulatedHost;

beforeEach(() => {
  host = new SimulatedHost();
});

function join(journal: Journal, id: string): Promise<JournalSession> {
  return journal.join({ id, ttlMs });
}

describe('a lease on one host', () => {
  test.each([-24, -1, 1, 24])(
    'is kept and told alike when the wall clock jumps by %d h (S45, F25)',
    async (jumpHours) => {
      const one = await join(host.start().journal, 'one');
      const two = await join(host.start().journal, 'two');
      await one.acquire(['router']);
      host.advance(2_000);
      await one.renew();
      host.wallMs += jumpHours * hourMs;
      host.advance(ttlMs);
      await expect(two.acquire(['router'])).rejects.toThrow(/lease-held/);
      host.advance(1);
      const lease = await two.acquire(['router']);
      expect(host.wallMs - lease.lastHeldAt.router!).toBe(ttlMs + 1);
    },
  );

  test('is free at once when the process of its owner is gone (F23)', async () => {
    const process = host.start();
    await (await join(process.journal, 'one')).acquire(['router']);
    const two = await join(host.start().journal, 'two');
    await expect(two.acquire(['router'])).rejects.toThrow(/lease-held/);
    host.kill(process.pid);
    await two.acquire(['router']);
  });

  test('is free at once after a reboot, and was last held by the wall clock', async () => {
    const renewedAt = host.wallMs;
    await (await join(host.start().journal, 'one')).acquire(['router']);
    host.losePower(() => true);
    const lease = await (await join(host.start().journal, 'two')).acquire(['router']);
    expect(lease.lastHeldAt).toEqual({ router: renewedAt });
  });

  test('is free when its owner’s presence was torn by the power loss, and counts from when it was taken', async () => {
    const takenAt = host.wallMs;
    const one = await join(host.start().journal, 'one');
    await one.acquire(['router']);
    host.advance(5_000);
    await one.renew();
    host.losePower(() => false);
    const lease = await (await join(host.start().journal, 'two')).acquire(['router']);
    expect(lease.lastHeldAt).toEqual({ router: takenAt });
  });

  test('leaves one file per resource, however often it is taken', async () => {
    const one = await join(host.start().journal, 'one');
    for (let round = 0; round < 5; round += 1) await (await one.acquire(['router'], { router: round * 4 })).free();
    expect(await host.disk.fileSystem().list('/journal/leases/router')).toEqual(['lease.17']);
  });

  test('gets an epoch above every segment of its release when the leases were lost', async () => {
    const resource = releaseResource('r1');
    const one = await join(host.start().journal, 'one');
    for (let round = 0; round < 3; round += 1) {
      const lease = await one.acquire([resource]);
      await (await lease.writer('r1')).append([{ type: 'a', at: 1 }]);
      await lease.free();
    }
    await host.disk.fileSystem().removeDirectory('/journal/leases');
    const lease = await one.acquire([resource]);
    expect(lease.epochs[resource]).toBe(4);
    expect(await (await lease.writer('r1')).append([{ type: 'b', at: 1 }])).toMatchObject([{ seq: 4, epoch: 4 }]);
  });

  test('can be taken by an owner whose own failed attempt left it behind, as if that had not been', async () => {
    let refusing = false;
    const process = host.start((call) => {
      if (refusing && call.name === 'remove' && call.path.includes('leases')) throw failure('EIO', call.path);
      return call.run();
    });
    const freedAt = host.wallMs;
    await (await (await join(process.journal, 'zero')).acquire(['a'])).free();
    await (await join(host.start().journal, 'other')).acquire(['b']);
    host.advance(4_000);
    const one = await join(process.journal, 'one');
    refusing = true;
    await expect(one.acquire(['a', 'b'])).rejects.toThrow(/lease-held/);
    refusing = false;
    expect((await one.acquire(['a'])).lastHeldAt).toEqual({ a: freedAt });
  });

  test('can be freed again when the disk refused the first time', async () => {
    let refusing = false;
    const process = host.start((call) => {
      if (refusing && call.name === 'create') throw failure('ENOSPC', call.path);
      return call.run();
    });
    const lease = await (await join(process.journal, 'one')).acquire(['router']);
    refusing = true;
    await expect(lease.free()).rejects.toMatchObject({ code: 'journal/storage-failed', reaction: 'retry' });
    refusing = false;
    await lease.free();
    await (await join(host.start().journal, 'two')).acquire(['router']);
  });

  test('is free after its owner closed, even when the disk was full', async () => {
    let refusing = false;
    const process = host.start((call) => {
      if (refusing && call.name === 'create') throw failure('ENOSPC', call.path);
      return call.run();
    });
    const one = await join(process.journal, 'one');
    await one.acquire(['router']);
    refusing = true;
    await one.close();
    await (await join(host.start().journal, 'two')).acquire(['router']);
  });

  test('leaves no presence when its owner closed in the middle of a renewal', async () => {
    const sleeper = new PausingHook();
    const one = await join(host.start(sleeper.hook).journal, 'one');
    const sleep = sleeper.sleepBefore((call) => call.name === 'rename');
    const renewing = one.renew();
    await sleep.reached;
    const closing = one.close();
    await new Promise(setImmediate);
    sleep.wake();
    await Promise.all([renewing, closing]);
    expect(await host.disk.fileSystem().list('/journal/owners')).toEqual([]);
  });

  test('is given back when the owner closed while it was being taken', async () => {
    const one = await join(host.start().journal, 'one');
    const taking = expect(one.acquire(['router'])).rejects.toThrow(/journal\/closed/);
    await one.close();
    await taking;
    await (await join(host.start().journal, 'two')).acquire(['router']);
  });

  test('is refused, and nothing is changed, when its file is damaged or from another version (S44, F38)', async () => {
    const one = await join(host.start().journal, 'one');
    await one.acquire(['router']);
    const path = '/journal/leases/router/lease.1';
    const disk = host.disk.fileSystem();
    const put = async (text: string) => {
      await disk.remove(path);
      await (await disk.create(path)).write(Buffer.from(text));
    };
    await put('{}\n');
    await expect(one.acquire(['router'])).rejects.toThrow(/journal\/corrupt.*lease\.1, line 1/);
    await put(encodeLine({ format: 2 }));
    await expect(one.acquire(['router'])).rejects.toThrow(/journal\/version-unknown.*lease\.1: format 2/);
    expect(await disk.list('/journal/leases/router')).toEqual(['lease.1']);
  });

  test('is refused when its owner is of a version that is not known (F38)', async () => {
    await (await join(host.start().journal, 'one')).acquire(['router']);
    const disk = host.disk.fileSystem();
    const [name] = await disk.list('/journal/owners');
    await disk.remove(`/journal/owners/${name}`);
    await (await disk.create(`/journal/owners/${name}`)).write(Buffer.from(encodeLine({ format: 2 })));
    const two = await join(host.start().journal, 'two');
    await expect(two.acquire(['router'])).rejects.toThrow(/journal\/version-unknown.*format 2/);
  });
});
