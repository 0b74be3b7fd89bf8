import { isBluegreenError, type JournalRecord, releaseResource } from '@bluegreen/contract';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FileSystem } from './file-system.js';
import { encodeLine } from './line.js';
import { SimulatedHost } from './simulated-host.fixture.js';

const directory = '/journal/releases/r1';

let host: SimulatedHost;
let disk: FileSystem;
let whole: readonly JournalRecord[];

/** Three owners: two that wrote, one in between that only looked. */
beforeEach(async () => {
  host = new SimulatedHost();
  disk = host.disk.fileSystem();
  for (const owner of ['one', 'idle', 'two']) {
    const session = await host.start().journal.join({ id: owner, ttlMs: 10_000 });
    const writer = await (await session.acquire([releaseResource('r1')])).writer('r1');
    if (owner !== 'idle') {
      await writer.append([{ type: `${owner} 1`, at: 1 }]);
      await writer.append([
        { type: `${owner} 2`, at: 2 },
        { type: `${owner} 3`, at: 3 },
      ]);
    }
    await session.close();
  }
  whole = await host.start().journal.read('r1');
});

async function put(name: string, bytes: Uint8Array): Promise<void> {
  await disk.remove(`${directory}/${name}`);
  await (await disk.create(`${directory}/${name}`)).write(bytes);
}

/** The records, or the code of the refusal. */
async function readOr(fromSeq = 1): Promise<readonly JournalRecord[] | string> {
  try {
    return await host.start().journal.read('r1', fromSeq);
  } catch (error) {
    if (!isBluegreenError(error)) throw error;
    return error.code;
  }
}

describe('the history of a release with several owners', () => {
  test('is read through all segments, and from any record on', async () => {
    expect(whole.map(({ seq, epoch, event }) => `${seq} ${epoch} ${event.type}`)).toEqual([
      '1 1 one 1',
      '2 1 one 2',
      '3 1 one 3',
      '4 3 two 1',
      '5 3 two 2',
      '6 3 two 3',
    ]);
    for (let from = 0; from <= 8; from += 1) expect(await readOr(from)).toEqual(whole.slice(Math.max(0, from - 1)));
  });

  test('cut at any byte of its newest segment is an exact prefix (S44)', async () => {
    const bytes = await disk.read(`${directory}/000003.jsonl`);
    const header = bytes.indexOf(0x0a) + 1;
    const seen = new Set<number>();
    for (let length = 0; length <= bytes.length; length += 1) {
      await put('000003.jsonl', bytes.subarray(0, length));
      const found = await readOr();
      if (length < header) {
        expect(found, `${length} bytes`).toBe('journal/corrupt');
      } else {
        expect(found, `${length} bytes`).toEqual(whole.slice(0, found.length));
        seen.add(found.length);
      }
    }
    expect([...seen]).toEqual([3, 4, 6]);
  });

  test('is refused when anything that was built upon is cut or missing; nothing is changed (S44)', async () => {
    for (const name of ['000001.jsonl', '000002.jsonl']) {
      const bytes = await disk.read(`${directory}/${name}`);
      for (let length = 0; length < bytes.length; length += 1) {
        await put(name, bytes.subarray(0, length));
        expect(await readOr(), `${length} bytes of ${name}`).toBe('journal/corrupt');
        expect(await disk.read(`${directory}/${name}`)).toEqual(Buffer.from(bytes.subarray(0, length)));
      }
      await disk.remove(`${directory}/${name}`);
      await expect(host.start().journal.read('r1')).rejects.toThrow(`${name}, missing`);
      await (await disk.create(`${directory}/${name}`)).write(bytes);
    }
    expect(await readOr()).toEqual(whole);
  });

  test('is not continued over damage (S44)', async () => {
    await put('000001.jsonl', new Uint8Array(10));
    const session = await host.start().journal.join({ id: 'three', ttlMs: 10_000 });
    const lease = await session.acquire([releaseResource('r1')]);
    await expect(lease.writer('r1')).rejects.toThrow(/journal\/corrupt.*000001\.jsonl, line 1/);
    expect([...(await disk.list(directory))].sort()).toEqual(['000001.jsonl', '000002.jsonl', '000003.jsonl', 'inbox']);
  });

  test('is refused when a later version has written to it, or when it has no beginning (S44, F38)', async () => {
    const header = { format: 1, release: 'r1', epoch: 4, afterEpoch: 3, afterSeq: 6 };
    const add = async (change: object) =>
      (await disk.create(`${directory}/000004.jsonl`)).write(Buffer.from(encodeLine({ ...header, ...change })));
    await add({ format: 2 });
    expect(await readOr()).toBe('journal/version-unknown');
    await disk.remove(`${directory}/000004.jsonl`);
    await add({ afterEpoch: 0 });
    expect(await readOr()).toBe('journal/corrupt');
    await disk.remove(`${directory}/000004.jsonl`);
    await add({});
    expect(await readOr()).toEqual(whole);
  });
});
