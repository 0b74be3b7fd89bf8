import { open, unlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isBluegreenError, type JournalSession, releaseResource } from '@bluegreen/contract';
import { fileJournal } from './file-journal.js';
import { type FileSystem, nodeFileSystem } from './file-system.js';

/** What a child tells its parent. */
export type ChildMessage =
  | { readonly kind: 'recorded'; readonly seq: number; readonly type: string }
  | { readonly kind: 'refused'; readonly by: string; readonly code: string }
  | { readonly kind: 'sections'; readonly won: number; readonly overlaps: number };

const resource = releaseResource('r1');
const [mode, directory] = process.argv.slice(2) as [string, string];

function tell(message: ChildMessage): void {
  process.send?.(message);
}

function codeOf(error: unknown): string {
  if (!isBluegreenError(error)) throw error;
  return error.code;
}

/** The disk, for a process that stops itself just before its `nth` write of a record. */
function stoppingDisk(nth: number): FileSystem {
  const disk = nodeFileSystem();
  let writes = 0;
  return {
    ...disk,
    create: async (path) => {
      const file = await disk.create(path);
      const write = (bytes: Uint8Array): Promise<number> => {
        if (Buffer.from(bytes).includes('"events"')) writes += 1;
        if (writes === nth) {
          writes += 1;
          process.kill(process.pid, 'SIGSTOP');
        }
        return file.write(bytes);
      };
      return { ...file, write };
    },
  };
}

/** Appends until it is refused, and renews meanwhile. */
async function appendForEver(session: JournalSession, renewEveryMs: number): Promise<void> {
  const lease = await session.acquire([resource]);
  const writer = await lease.writer('r1');
  const renewing = setInterval(() => void session.renew(), renewEveryMs);
  for (let number = 1; ; number += 1) {
    try {
      const [record] = await writer.append([{ type: `child ${number}`, at: number }]);
      tell({ kind: 'recorded', seq: record!.seq, type: record!.event.type });
    } catch (error) {
      tell({ kind: 'refused', by: 'append', code: codeOf(error) });
      break;
    }
  }
  await lease.confirm().catch((error: unknown) => tell({ kind: 'refused', by: 'confirm', code: codeOf(error) }));
  clearInterval(renewing);
  await session.close();
}

/** Takes and frees a lease `rounds` times against others; counts whom it meets inside. */
async function contend(session: JournalSession, rounds: number): Promise<void> {
  let [won, overlaps] = [0, 0];
  while (won < rounds) {
    const lease = await session.acquire(['contested']).catch((error: unknown) => codeOf(error));
    if (typeof lease === 'string') {
      await delay(1);
      continue;
    }
    won += 1;
    const inside = await open(`${directory}.section`, 'wx').catch(() => null);
    if (inside === null) overlaps += 1;
    await delay(1);
    await inside?.close();
    if (inside !== null) await unlink(`${directory}.section`);
    await lease.free();
  }
  tell({ kind: 'sections', won, overlaps });
  await session.close();
}

const fileSystem = mode === 'stops-in-write' ? stoppingDisk(5) : nodeFileSystem();
const ttlMs = mode === 'stops-in-write' || mode === 'short-lived' ? 400 : 60_000;
const session = await fileJournal(directory, { fileSystem }).join({ id: mode, ttlMs });
if (mode === 'contender') await contend(session, 25);
else await appendForEver(session, 50);
process.disconnect?.();
