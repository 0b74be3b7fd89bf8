import { releaseResource } from '@bluegreen/contract';
import { beforeEach, expect, test } from 'vitest';
import { encodeName } from './file-name.js';
import type { FileSystem } from './file-system.js';
import { failure } from './simulated-disk.fixture.js';
import { SimulatedHost } from './simulated-host.fixture.js';

let host: SimulatedHost;
let disk: FileSystem;

beforeEach(async () => {
  host = new SimulatedHost();
  disk = host.disk.fileSystem();
  const session = await host.start().journal.join({ id: 'one', ttlMs: 10_000 });
  for (const id of ['c', 'a', 'b']) {
    const lease = await session.acquire([releaseResource(id)]);
    await (await lease.writer(id)).append([{ type: 'a', at: 1 }]);
  }
});

test('the order of releases outlives a lost directory: what is left of it comes first, the rest by name', async () => {
  expect(await host.start().journal.releases()).toEqual(['c', 'a', 'b']);
  await disk.remove('/journal/order/00000001.c');
  expect(await host.start().journal.releases()).toEqual(['a', 'b', 'c']);
  await disk.removeDirectory('/journal/order');
  expect(await host.start().journal.releases()).toEqual(['a', 'b', 'c']);
});

test('a release counts from its lowest number, and no number makes a release', async () => {
  await (await disk.create('/journal/order/00000009.c')).close();
  await (await disk.create('/journal/order/00000000.ghost')).close();
  expect(await host.start().journal.releases()).toEqual(['c', 'a', 'b']);
});

test('files of others among the releases are no releases', async () => {
  await (await disk.create('/journal/releases/.DS_Store')).close();
  await disk.makeDirectory(`/journal/releases/${encodeName('x'.repeat(400))}`);
  expect(await host.start().journal.releases()).toEqual(['c', 'a', 'b']);
});

test('a release with a long name is listed as long as one of its segments has its header', async () => {
  const long = 'x'.repeat(400);
  const session = await host.start().journal.join({ id: 'two', ttlMs: 10_000 });
  for (let owner = 0; owner < 2; owner += 1) {
    const lease = await session.acquire([releaseResource(long)]);
    await (await lease.writer(long)).append([{ type: 'a', at: 1 }]);
    await lease.free();
  }
  const folder = `/journal/releases/${encodeName(long)}`;
  for (const [name, listed] of [
    ['000001.jsonl', ['c', 'a', 'b', long]],
    ['000002.jsonl', null],
  ] as const) {
    await disk.remove(`${folder}/${name}`);
    await (await disk.create(`${folder}/${name}`)).close();
    if (listed !== null) expect(await host.start().journal.releases()).toEqual(listed);
    else await expect(host.start().journal.releases()).rejects.toThrow(/journal\/corrupt/);
  }
});

test('a release that was moved away is unknown; one of the same name begins anew', async () => {
  await disk.makeDirectory('/elsewhere');
  await disk.rename('/journal/releases/c', '/elsewhere/c');
  const { journal } = host.start();
  expect(await journal.read('c')).toEqual([]);
  await expect(journal.send('c', { id: 'x', type: 'pause', at: 1 })).rejects.toThrow(/release-unknown/);
  host.advance(20_000);
  const lease = await (await journal.join({ id: 'two', ttlMs: 10_000 })).acquire([releaseResource('c')]);
  const [record] = await (await lease.writer('c')).append([{ type: 'a', at: 1 }]);
  expect(record).toMatchObject({ seq: 1, epoch: 2 });
  expect(await journal.releases()).toEqual(['c', 'a', 'b']);
});

test('a release gets one place in the order, even when its first record failed', async () => {
  let refusing = true;
  const { journal } = host.start((call) => {
    if (refusing && call.name === 'rename' && call.path.includes('releases')) throw failure('EIO', call.path);
    return call.run();
  });
  const session = await journal.join({ id: 'two', ttlMs: 10_000 });
  const lease = await session.acquire([releaseResource('d')]);
  await expect((await lease.writer('d')).append([{ type: 'a', at: 1 }])).rejects.toThrow(/append-failed/);
  await lease.free();
  expect(await journal.releases()).toEqual(['c', 'a', 'b']);
  refusing = false;
  const again = await session.acquire([releaseResource('d')]);
  await (await again.writer('d')).append([{ type: 'a', at: 1 }]);
  expect(await journal.releases()).toEqual(['c', 'a', 'b', 'd']);
  expect((await disk.list('/journal/order')).filter((name) => name.endsWith('.d'))).toEqual(['00000004.d']);
});
