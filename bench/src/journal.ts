import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseResource } from '@bluegreen/contract';
import { fileJournal } from '@bluegreen/core';
import type { Fact } from '@bluegreen/machine';
import { type Clocks, interleaved, rowOf } from './measure.js';
import type { Row } from './row.js';
import { factScript } from './script.js';

const batch = 25;

/** What one durable record costs, held against the bare write and sync of as many bytes. On the wall: it waits for a disk. */
export async function journalRows(clocks: Clocks, isQuick: boolean): Promise<readonly Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bluegreen-bench-'));
  try {
    const { facts } = await factScript();
    const event = facts.find(({ type }) => type === 'routing-observed') as Fact;
    const writer = await writerIn(join(directory, 'journal'));
    await writer.append([event]);
    const before = await bytesBelow(join(directory, 'journal'));
    await writer.append([event]);
    const line = Buffer.alloc((await bytesBelow(join(directory, 'journal'))) - before, 'x');
    const bare = await open(join(directory, 'bare'), 'a');
    const costs = await interleaved(
      {
        journal: {
          items: batch,
          run: async () => {
            for (let count = 0; count < batch; count++) await writer.append([event]);
          },
        },
        bare: {
          items: batch,
          run: async () => {
            for (let count = 0; count < batch; count++) {
              await bare.write(line);
              await bare.datasync();
            }
          },
        },
      },
      isQuick ? 5 : 20,
      clocks.wallMs,
    );
    await bare.close();
    await writer.close();
    return [
      rowOf(
        costs,
        {
          id: 'journal/append',
          what: `file journal, one record of ${line.length} bytes`,
          unit: 'µs',
          goal: { atMost: 2 },
        },
        'journal',
        'bare',
        'floor: write and fdatasync of as many bytes',
      ),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function writerIn(directory: string) {
  const session = await fileJournal(directory).join({ id: 'bench', ttlMs: 600_000 });
  const lease = await session.acquire([releaseResource('bench')]);
  return lease.writer('bench');
}

async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
