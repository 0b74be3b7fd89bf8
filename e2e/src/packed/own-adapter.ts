import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checks } from './checks.js';
import { command } from './command.js';
import type { Consumer } from './consumer.js';
import type { Tarball } from './pack.js';

/** An adapter made with `create-adapter` as its author would: by the installed command, then installed and tested. */
export function createOwnAdapter(
  folder: string,
  consumer: Consumer,
  tarballs: readonly Tarball[],
  checks: Checks,
): void {
  const project = join(folder, 'edge-router');
  checks.add('create-adapter: makes a package whose rules pass', tryToCreate(consumer.folder, project, tarballs));
  const again = command('npx', ['--no-install', 'create-adapter', 'edge-router', project], consumer.folder);
  checks.add('create-adapter: writes over nothing', again.ok ? 'it wrote over a package' : null);
}

function tryToCreate(consumer: string, project: string, tarballs: readonly Tarball[]): string | null {
  const made = command('npx', ['--no-install', 'create-adapter', 'edge-router', project], consumer);
  if (made.problem !== null) return made.problem;
  if (!existsSync(join(project, 'src/edge-router-traffic.ts'))) return `it said: ${made.stdout}`;
  useTarballs(join(project, 'package.json'), tarballs);
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', '--ignore-scripts'];
  const installed = command('npm', ['install', ...flags], project);
  if (installed.problem !== null) return installed.problem;
  const tested = command('npm', ['test', '--', '--reporter=json'], project);
  if (tested.problem !== null) return tested.problem;
  const passed = /"numPassedTests":(\d+)/.exec(tested.stdout);
  return Number(passed?.[1] ?? 0) > 0 ? null : `its tests said: ${tested.stdout}`;
}

/** What is not published yet comes from its tarball. */
function useTarballs(file: string, tarballs: readonly Tarball[]): void {
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  for (const section of ['dependencies', 'devDependencies']) {
    for (const tarball of tarballs) {
      if (tarball.name in manifest[section]) manifest[section][tarball.name] = `file:${tarball.file}`;
    }
  }
  writeFileSync(file, JSON.stringify(manifest, null, 2));
}
