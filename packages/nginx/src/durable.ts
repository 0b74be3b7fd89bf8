import { chmod, link, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from './failure.js';

/**
 * What a worker of another user must be able to read, whatever the umask of this process is: nginx takes an unreadable
 * path for a missing one, silently.
 */
const fileMode = 0o644;
const directoryMode = 0o755;

/** Makes what was done to the entries of a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A new directory that every user may traverse. */
export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path);
  await chmod(path, directoryMode);
}

/** The directory and its parents, where missing. @returns true when it was not there before. */
export async function ensureDirectory(path: string): Promise<boolean> {
  try {
    await makeDirectory(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    if (errnoOf(error) !== 'ENOENT') throw error;
    await ensureDirectory(dirname(path));
    return ensureDirectory(path);
  }
}

/** A file with this content, on disk when this returns; its directory entry is the caller's to sync. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'w', fileMode);
  try {
    await handle.writeFile(text);
    await handle.chmod(fileMode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces the file in one step: a reader sees the old content or the new, never a part. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  await writeDurably(temporary, text);
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/**
 * Empty marker files, as links to one file that is on disk already: then syncing the directory is all they need, and a
 * link costs half of a new file. Where links are refused (too many, or unknown to the file system) a file is made.
 */
export async function placeMarkers(directory: string, names: readonly string[], mark: string): Promise<void> {
  const atOnce = 50;
  for (let start = 0; start < names.length; start += atOnce) {
    await Promise.all(names.slice(start, start + atOnce).map((name) => placeMarker(join(directory, name), mark)));
  }
  await syncDirectory(directory);
}

async function placeMarker(path: string, mark: string): Promise<void> {
  try {
    await link(mark, path);
  } catch (error) {
    if (!['EMLINK', 'EPERM', 'ENOTSUP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
    await writeFile(path, '', { mode: fileMode });
  }
}
