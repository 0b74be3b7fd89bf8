import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives a directory for a journal, and removes it afterwards. */
export async function withJournal<R>(work: (journal: string) => Promise<R>): Promise<R> {
  const directory = mkdtempSync(join(tmpdir(), 'bluegreen-kubernetes-'));
  try {
    return await work(join(directory, 'releases'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
