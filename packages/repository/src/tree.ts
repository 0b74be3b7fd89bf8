import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Text files of the repository, from their path relative to its root. Checks read this and nothing else. */
export type Tree = ReadonlyMap<string, string>;

/** A tree that exists nowhere, to plant violations in. */
export function treeOf(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries(files));
}

/**
 * Every text file that git tracks or would track. Untracked files count, so that a check fails before the commit and
 * not after it. Without git or its folder (a downloaded archive), every file outside the ignored folders.
 */
export function readTree(root: string): Tree {
  const files = new Map<string, string>();
  for (const path of listFiles(root).sort()) {
    const file = join(root, path);
    const text = existsSync(file) ? readFileSync(file) : null;
    if (text !== null && !text.includes(0)) files.set(path, text.toString('utf8'));
  }
  return files;
}

function listFiles(root: string): string[] {
  const listing = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (listing.status === 0) return [...new Set(listing.stdout.split('\0').filter((path) => path !== ''))];
  return walk(root, root);
}

function walk(root: string, folder: string): string[] {
  const ignored = new Set(['node_modules', 'dist', 'coverage', '.git', '.snippets']);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : walk(root, path);
    return entry.isFile() ? [relative(root, path)] : [];
  });
}
