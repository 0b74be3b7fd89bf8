import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { releaseResource } from '@bluegreen/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileJournal } from './file-journal.js';
import { hostTime } from './host.js';

// Written once, by the first version that wrote this format, and never again: what is read here must be readable for
// ever. A new format gets a directory of its own beside it.
const golden = fileURLToPath(new URL('golden/format-1', import.meta.url));
const long = `long-${'x'.repeat(300)}`;
const checkout = [
  [1, 1, 'release-requested', { versions: { checkout: 'v42' }, note: 'é \u2028 "quoted"', at: 1_760_000_000_000 }],
  [2, 1, 'phase-entered', { phase: 'preparing', at: 1_760_000_001_000 }],
  [3, 1, 'effect-started', { key: 'checkout-42/1', weights: { blue: 99.9, green: 0.1 }, at: 1_760_000_001_000 }],
  [4, 2, 'orchestrator-resumed', { absentMs: 15_001, at: 1_760_000_016_001 }],
  [5, 2, 'release-finished', { outcome: null, at: 1_760_000_016_501 }],
] as const;
const checkoutRecords = checkout.map(([seq, epoch, type, rest]) => ({ seq, epoch, event: { type, ...rest } }));

let copy = '';

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'bluegreen-golden-'));
  await cp(golden, copy, { recursive: true });
});

afterAll(() => rm(copy, { recursive: true }));

/** One text for all names and contents below a directory. */
async function fingerprint(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file.slice(directory.length)).update(await readFile(file));
  return hash.digest('hex');
}

describe('a journal of format 1 (S43)', () => {
  test('is read as it was written, without its late and torn lines, and without touching it', async () => {
    const before = await fingerprint(golden);
    const journal = fileJournal(golden);
    expect(await journal.releases()).toEqual(['checkout-42', 'Shop/../ü', long]);
    expect(await journal.read('checkout-42')).toEqual(checkoutRecords);
    expect(await journal.read('checkout-42', 4)).toEqual(checkoutRecords.slice(3));
    for (const id of ['Shop/../ü', long]) {
      expect(await journal.read(id)).toEqual([
        { seq: 1, epoch: 1, event: { type: 'release-requested', at: 1_760_000_016_501 } },
      ]);
    }
    expect(await fingerprint(golden)).toBe(before);
  });

  test('is continued by this version: leases, epochs, commands and records', async () => {
    const journal = fileJournal(copy, { time: { ...hostTime(), now: () => 1_760_000_100_000 } });
    const session = await journal.join({ id: 'now', ttlMs: 15_000 });
    const [release, router] = [releaseResource('checkout-42'), 'nginx:/etc/nginx/bluegreen'];
    const lease = await session.acquire([release, router, releaseResource('Shop/../ü'), releaseResource(long)]);
    expect(lease.epochs).toEqual({
      [release]: 3,
      [router]: 9,
      [releaseResource('Shop/../ü')]: 2,
      [releaseResource(long)]: 2,
    });
    const writer = await lease.writer('checkout-42');
    expect(await writer.commands()).toEqual([
      { id: 'pause 1', type: 'pause-requested', at: 1_760_000_016_501, by: 'Ana' },
    ]);
    const event = { type: 'resumed', at: 1_760_000_100_000 };
    expect(await writer.append([event])).toEqual([{ seq: 6, epoch: 3, event }]);
    expect(await journal.read('checkout-42')).toEqual([...checkoutRecords, { seq: 6, epoch: 3, event }]);
    await session.close();
  });
});
