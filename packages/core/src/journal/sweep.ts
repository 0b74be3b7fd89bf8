import { join } from 'node:path';
import type { JournalContext } from './context.js';
import { decodeName } from './file-name.js';
import { unlessMissing } from './file-system.js';
import { highestEpoch, readLease } from './lease-file.js';
import { readPresence } from './presence.js';
import { processOf } from './temporary-name.js';

/**
 * Removes what killed processes left behind: files that they were writing, and their presences. Only those of processes
 * that surely run no more, because one that is merely late may still go on; and no presence that a lease names, because
 * the next who takes that lease learns from it since when nobody watched.
 */
export async function sweepDead(context: JournalContext, own: string): Promise<void> {
  await sweepTemporary(context);
  await sweepPresences(context, own);
}

async function sweepTemporary({ fileSystem, layout, processes }: JournalContext): Promise<void> {
  for (const name of await unlessMissing(fileSystem.list(layout.temporary), [])) {
    const process = processOf(name);
    if (process === null || !processes.isGone(process)) continue;
    await fileSystem.removeDirectory(join(layout.temporary, name));
  }
}

async function sweepPresences(context: JournalContext, own: string): Promise<void> {
  const { fileSystem, layout, processes } = context;
  const dead: string[] = [];
  for (const name of await unlessMissing(fileSystem.list(layout.owners), [])) {
    const presence = name === own ? null : await readPresence(context, name);
    if (presence !== null && processes.isGone(presence.process)) dead.push(name);
  }
  if (dead.length === 0) return;
  const named = await namedPresences(context);
  for (const name of dead) {
    if (named?.has(name) === false) await unlessMissing(fileSystem.remove(layout.presence(name)), undefined);
  }
}

/** The presences that the leases of all resources name; `null` when that can't be told. */
async function namedPresences(context: JournalContext): Promise<ReadonlySet<string> | null> {
  const named = new Set<string>();
  for (const directory of await unlessMissing(context.fileSystem.list(context.layout.leases), [])) {
    const resource = decodeName(directory);
    // Its name was too long to be kept whole: what it holds can't be told, so nothing is removed.
    if (resource === null) return null;
    const lease = await readLease(context, resource, await highestEpoch(context, resource));
    if (lease?.presence != null) named.add(lease.presence);
  }
  return named;
}
