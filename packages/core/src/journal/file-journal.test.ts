import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { fileJournal } from './file-journal.js';
import { hostTime } from './host.js';
import { journalSuite } from './journal-suite.fixture.js';

let root = '';
let stores = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bluegreen-journal-'));
});

afterAll(() => rm(root, { recursive: true }));

journalSuite({ describe, test }, async () => {
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
