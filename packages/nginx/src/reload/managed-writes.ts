import { renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compareFences, type Fence } from '@bluegreen/contract';
import { syncDirectory, writeDurably } from '../durable.js';
import { namesIn } from '../reading.js';
import type { Settings } from '../settings.js';

/** What a writer prepares beside the include file: the next content, and the one to go back to. */
export type Prepared = 'next' | 'previous';

/**
 * Where it is prepared. The fence in the name lets a newer owner find and remove it, and the leading dot and the ending
 * keep an `include *.conf` from loading it.
 */
export function preparedPath(settings: Settings, { epoch, sequence }: Fence, which: Prepared): string {
  const { http } = settings.includeFiles;
  return join(dirname(http), `.${basename(http)}-${epoch}-${sequence}.${which}`);
}

/** Writes it next to the include file, on disk when this returns. */
export async function prepare(settings: Settings, fence: Fence, which: Prepared, text: string): Promise<void> {
  await writeDurably(preparedPath(settings, fence, which), text);
}

/** One rename. @throws ENOENT when a newer owner has swept it away. */
export function putInPlace(settings: Settings, fence: Fence, which: Prepared): void {
  renameSync(preparedPath(settings, fence, which), settings.includeFiles.http);
}

export function syncPlace({ includeFiles }: Settings): Promise<void> {
  return syncDirectory(dirname(includeFiles.http));
}

/** Removes what this writer prepared and did not use. */
export function dropPrepared(settings: Settings, fence: Fence): void {
  for (const which of ['next', 'previous'] as const) rmSync(preparedPath(settings, fence, which), { force: true });
}

/** A configuration that loads the next file alone; the state directory keeps it away from every include. */
export function alonePath({ stateDirectory }: Settings, { epoch, sequence }: Fence): string {
  return join(stateDirectory, `alone-${epoch}-${sequence}`);
}

/** Removes what older owners and earlier calls have prepared: their renames then find nothing. */
export async function sweepPrepared(settings: Settings, fence: Fence): Promise<void> {
  const { http } = settings.includeFiles;
  await sweepNames(dirname(http), `.${basename(http)}-`, fence);
  await sweepNames(settings.stateDirectory, 'alone-', fence);
}

async function sweepNames(directory: string, start: string, fence: Fence): Promise<void> {
  for (const name of await namesIn(directory)) {
    const found = name.startsWith(start) ? /^(\d{1,15})-(\d{1,15})\./.exec(name.slice(start.length)) : null;
    if (found === null) continue;
    const theirs = { epoch: Number(found[1]), sequence: Number(found[2]) };
    if (compareFences(theirs, fence) < 0) await rm(join(directory, name), { force: true });
  }
}
