import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checks } from './checks.js';
import { command } from './command.js';

export interface Tarball {
  readonly name: string;
  readonly file: string;
  readonly paths: readonly string[];
  /** The manifest as npm users get it. */
  readonly manifest: PackedManifest;
}

export interface PackedManifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly sideEffects: boolean | readonly string[];
}

interface PackReport {
  readonly name: string;
  readonly filename: string;
}

/** Packs every published package of the workspace into `folder`. */
export function packAll(root: string, folder: string): Tarball[] {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const filters = ['--filter', './packages/*', '--filter', '!@bluegreen/repository'];
  const args = ['--yes', packageManager, '--recursive', ...filters, 'pack', '--json', '--pack-destination', folder];
  const packed = command('npx', args, root);
  if (packed.problem !== null) throw new Error(`pnpm pack failed: ${packed.problem}`);
  const report = JSON.parse(packed.stdout.slice(packed.stdout.search(/^[[{]/m)));
  const reports: readonly PackReport[] = Array.isArray(report) ? report : [report];
  return reports.map(({ name, filename }) => ({
    name,
    file: filename,
    paths: tar(['-tzf', filename], folder)
      .trimEnd()
      .split('\n')
      .map((path) => path.replace(/^package\//, '')),
    manifest: JSON.parse(tar(['-xzOf', filename, 'package/package.json'], folder)),
  }));
}

function tar(args: readonly string[], folder: string): string {
  const { stdout, problem } = command('tar', args, folder);
  if (problem !== null) throw new Error(problem);
  return stdout;
}

/** What may be inside, and what publint (strict) and attw (ESM only) say about each tarball. */
export function lintTarballs(root: string, tarballs: readonly Tarball[], checks: Checks): void {
  const publint = join(root, 'node_modules/publint/src/cli.js');
  const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  for (const { name, file, paths, manifest } of tarballs) {
    checks.add(`${name}: contents`, wrongContents(paths, manifest));
    checks.add(`${name}: publint`, command(process.execPath, [publint, 'run', file, '--strict'], root).problem);
    const attwArgs = [attw, file, '--profile', 'esm-only', '--format', 'ascii', '--no-color'];
    checks.add(`${name}: attw`, command(process.execPath, attwArgs, root).problem);
  }
}

function wrongContents(paths: readonly string[], manifest: PackedManifest): string | null {
  const isExpected = (path: string) =>
    /^(package\.json|README\.md|LICENSE)$/.test(path) ||
    (/^dist\/.+\.(js|js\.map|d\.ts)$/.test(path) && !/\.(test|fixture)\.d\.ts$/.test(path));
  const problems = [
    ...paths.filter((path) => !isExpected(path)).map((path) => `holds ${path}`),
    ...['LICENSE', 'package.json'].filter((path) => !paths.includes(path)).map((path) => `lacks ${path}`),
    ...['bluegreen-source', 'workspace:']
      .filter((text) => JSON.stringify(manifest).includes(text))
      .map((text) => `its manifest says "${text}"`),
  ];
  return problems.length === 0 ? null : problems.join('\n');
}
