import { watch } from 'node:fs';
import * as promises from 'node:fs/promises';

/** A new file that only its creator writes, always at the end. */
export interface OpenFile {
  /** Returns how many bytes it took: a full disk may take fewer. */
  write(bytes: Uint8Array): Promise<number>;
  /** Makes the content durable. */
  sync(): Promise<void>;
  truncate(lengthBytes: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Every way in which a file journal touches the disk; each call is one boundary at which a process may die.
 * Failures carry the `code` of Node's errors.
 */
export interface FileSystem {
  list(directory: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
  /** Refuses with `EEXIST` when it exists. */
  create(path: string): Promise<OpenFile>;
  syncFile(path: string): Promise<void>;
  /** Makes names that were added to or removed from `path` durable. */
  syncDirectory(path: string): Promise<void>;
  /** With all directories above. Returns the first one that was missing, `null` when none was. */
  makeDirectory(path: string): Promise<string | null>;
  /** A second name for a file. Refuses with `EEXIST` when it exists, atomically. */
  link(existing: string, name: string): Promise<void>;
  /** Replaces a file atomically; refuses to replace a directory that is not empty. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** With all that is in it; never mind if it is missing. */
  removeDirectory(path: string): Promise<void>;
  /** Calls back when names in `directory` change. Returns the function that stops it; throws where it can't watch. */
  watch(directory: string, onChange: () => void): () => void;
}

/** The disk of this host. */
export function nodeFileSystem(): FileSystem {
  return {
    list: (directory) => promises.readdir(directory),
    read: (path) => promises.readFile(path),
    create: async (path) => openFile(await promises.open(path, 'ax', 0o644)),
    syncFile: (path) => syncPath(path, 'r+'),
    syncDirectory: async (path) => {
      // Windows opens no directories.
      if (process.platform !== 'win32') await syncPath(path, 'r');
    },
    makeDirectory: async (path) => (await promises.mkdir(path, { recursive: true })) ?? null,
    link: promises.link,
    rename: promises.rename,
    remove: promises.unlink,
    removeDirectory: (path) => promises.rm(path, { recursive: true, force: true }),
    watch: (directory, onChange) => {
      const watcher = watch(directory, { persistent: false }, () => onChange());
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    },
  };
}

function openFile(handle: promises.FileHandle): OpenFile {
  return {
    write: async (bytes) => (await handle.write(bytes)).bytesWritten,
    sync: () => handle.datasync(),
    truncate: (lengthBytes) => handle.truncate(lengthBytes),
    close: () => handle.close(),
  };
}

async function syncPath(path: string, flags: string): Promise<void> {
  const handle = await promises.open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The `code` of a failed call: `ENOENT` and the like. */
export function failureCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** What `run` gives, or `missing` when the file or directory does not exist. */
export async function unlessMissing<T, M>(run: Promise<T>, missing: M): Promise<T | M> {
  try {
    return await run;
  } catch (error) {
    if (failureCode(error) === 'ENOENT') return missing;
    throw error;
  }
}
