import { command } from './command.js';

export type FoundNode = { readonly path: string; readonly version: string } | { readonly problem: string };

/** This Node if it is the one, else the npm registry's build of it. */
export function findNode(major: number, folder: string): FoundNode {
  if (process.versions.node.startsWith(`${major}.`)) return { path: process.execPath, version: process.versions.node };
  const print = 'process.stdout.write(JSON.stringify({ path: process.execPath, version: process.versions.node }))';
  const found = command('npx', ['--yes', '-p', `node@${major}`, 'node', '-e', print], folder);
  return found.problem === null ? JSON.parse(found.stdout) : { problem: found.problem };
}
