import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { errnoOf } from './failure.js';

const absent = ['ENOENT', 'ENOTDIR'];

/** What `read` gives, or `otherwise` when there is nothing at that path. Every other failure is passed on. */
async function unlessAbsent<T>(read: Promise<T>, otherwise: T, alsoAbsent: readonly string[] = []): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if ([...absent, ...alsoAbsent].includes(errnoOf(error) ?? '')) return otherwise;
    throw error;
  }
}

/** The names in a directory, sorted; none when it does not exist. */
export async function namesIn(path: string): Promise<readonly string[]> {
  return [...(await unlessAbsent(readdir(path), []))].sort();
}

/** The content of a text file; `null` when it does not exist. */
export function textAt(path: string): Promise<string | null> {
  return unlessAbsent<string | null>(readFile(path, 'utf8'), null);
}

/** Where a symbolic link points; `null` for anything else. */
export function linkAt(path: string): Promise<string | null> {
  return unlessAbsent<string | null>(readlink(path), null, ['EINVAL']);
}

/**
 * When what is at a path was changed, of a link that itself and not its content; `null` when it does not exist. A link or
 * a file is made before it is put in place, and putting it there is a rename, which sets this time. So a writer that was
 * stopped in between does not backdate what it did.
 */
export function changedAtMs(path: string): Promise<number | null> {
  const changed = lstat(path).then(({ ctimeMs }) => ctimeMs);
  return unlessAbsent<number | null>(changed, null);
}
