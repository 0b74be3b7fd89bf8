import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testJournal } from '@bluegreen/conformance';
import { releaseResource } from '@bluegreen/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileJournal } from './file-journal.js';
import { hostTime } from './host.js';

let root = '';
let stores = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bluegreen-journal-'));
});

afterAll(() => rm(root, { recursive: true }));

testJournal({ describe, test }, async () => {
  stores += 1;
  const directory = join(root, String(stores));
  let [monotonicMs, wallMs] = [90_000, 1_700_000_000_000];
  const time = { ...hostTime(), now: () => wallMs, wallMs: () => wallMs, monotonicMs: () => monotonicMs };
  return {
    open: () => fileJournal(directory, { time }),
    now: () => wallMs,
    advance: (durationMs) => {
      monotonicMs += durationMs;
      wallMs += durationMs;
    },
  };
});

test('a command is noticed by the notification of the system alone, also on a release that was new', async () => {
  // No timer ever fires.
  const time = { ...hostTime(), setTimeout: () => null, clearTimeout: () => undefined };
  const journal = fileJournal(join(root, 'notified'), { time });
  const session = await journal.join({ id: 'one', ttlMs: 10_000 });
  const writer = await (await session.acquire([releaseResource('r1')])).writer('r1');
  const noticed = new Promise<void>((resolve) => writer.watch(resolve));
  await writer.append([{ type: 'a', at: 1 }]);
  await fileJournal(join(root, 'notified')).send('r1', { id: 'x', type: 'pause', at: 1 });
  await noticed;
  await session.close();
});

test('a directory that cannot be used is refused with a code', async () => {
  await writeFile(join(root, 'a-file'), '');
  const journal = fileJournal(join(root, 'a-file', 'journal'));
  await expect(journal.join({ id: 'one', ttlMs: 10_000 })).rejects.toMatchObject({
    code: 'journal/storage-failed',
    reaction: 'permanent',
  });
});
