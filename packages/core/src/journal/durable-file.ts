import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { JournalContext } from './context.js';
import { failureCode, type OpenFile } from './file-system.js';
import { temporaryName } from './temporary-name.js';

/** Writes all of `text`, in as many pieces as the disk takes. */
export async function writeAll(file: OpenFile, text: string): Promise<number> {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    const taken = await file.write(bytes.subarray(written));
    if (taken === 0) throw Object.assign(new Error('the disk took no byte'), { code: 'EIO' });
    written += taken;
  }
  return written;
}

export interface TemporaryFile {
  readonly path: string;
  readonly file: OpenFile;
}

/** A new file with `text` in it, still open, under a name that counts for nobody. */
export async function createTemporary(
  { fileSystem, layout, processes }: JournalContext,
  text: string,
  options: { readonly sync: boolean },
): Promise<TemporaryFile> {
  const path = join(layout.temporary, temporaryName(processes.self(), randomUUID()));
  const file = await fileSystem.create(path).catch(async (error: unknown) => {
    if (failureCode(error) !== 'ENOENT') throw error;
    await fileSystem.makeDirectory(layout.temporary);
    return fileSystem.create(path);
  });
  try {
    await writeAll(file, text);
    if (options.sync) await file.sync();
    return { path, file };
  } catch (error) {
    await quietly(file.close());
    await quietly(fileSystem.remove(path));
    throw error;
  }
}

/** Puts `text` at `path`, whatever was there: readers see the old or the new content, never a part. */
export async function replaceFile(
  context: JournalContext,
  path: string,
  text: string,
  options: { readonly sync: boolean },
): Promise<void> {
  const temporary = await createTemporary(context, text, options);
  try {
    await temporary.file.close();
    await context.fileSystem.rename(temporary.path, path);
  } catch (error) {
    await quietly(context.fileSystem.remove(temporary.path));
    throw error;
  }
}

/**
 * Puts `text` at `path`, complete from the first moment, unless something is there.
 * Returns whether it did. The caller makes the directory durable.
 */
export async function addFile(context: JournalContext, path: string, text: string): Promise<boolean> {
  const temporary = await createTemporary(context, text, { sync: true });
  try {
    await temporary.file.close();
    return await linkNew(context, temporary.path, path);
  } finally {
    await quietly(context.fileSystem.remove(temporary.path));
  }
}

/** Gives a file its name unless that is taken; returns whether it did. */
export async function linkNew({ fileSystem }: JournalContext, existing: string, path: string): Promise<boolean> {
  try {
    await fileSystem.link(existing, path);
    return true;
  } catch (error) {
    if (failureCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Makes a directory that outlives a power loss, with those above it that are missing. */
export async function makeDurableDirectory({ fileSystem }: JournalContext, path: string): Promise<void> {
  const first = await fileSystem.makeDirectory(path);
  if (first === null) return;
  for (let made = path; ; made = dirname(made)) {
    await fileSystem.syncDirectory(dirname(made));
    if (made === first) return;
  }
}

/** For cleaning up after a failure: a second failure must not hide the first. */
export async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
