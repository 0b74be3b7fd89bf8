import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checks } from './checks.js';
import { command } from './command.js';
import { findNode } from './find-node.js';
import type { Tarball } from './pack.js';

/** Which vitest is tried on which Node: vitest 5 needs a younger one. */
const runners = [
  { vitest: '4.1.12', node: 20 },
  { vitest: '5.1.1', node: 24 },
] as const;

/** The example of tested policies as a project of its own: installed from the tarballs, type-checked, its tests run. */
export function testPolicies(
  root: string,
  folder: string,
  tarballs: readonly Tarball[],
  nodes: readonly number[],
  checks: Checks,
): void {
  for (const { vitest, node } of runners) {
    if (!nodes.includes(node)) continue;
    const found = findNode(node, folder);
    const what = `policy tests with vitest ${vitest} on Node ${node}`;
    if ('problem' in found) checks.add(what, found.problem);
    else checks.add(what, tryRunner(root, join(folder, `policy-tests-${node}`), tarballs, vitest, found.path));
  }
}

function tryRunner(
  root: string,
  project: string,
  tarballs: readonly Tarball[],
  vitest: string,
  node: string,
): string | null {
  const example = join(root, 'examples/policy-tests');
  mkdirSync(project);
  cpSync(join(example, 'src'), join(project, 'src'), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8'));
  const dependencies = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]));
  const { devDependencies } = manifest;
  const own = { ...manifest, dependencies, devDependencies: { ...devDependencies, vitest } };
  writeFileSync(join(project, 'package.json'), JSON.stringify(own, null, 2));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(projectFor(root), null, 2));
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', '--ignore-scripts'];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const steps = [
    () => command('npm', ['install', '--engine-strict=false', ...flags], project),
    () => command(process.execPath, [tsc, '-p', project, '--pretty', 'false'], project),
    () => command(node, [join(project, 'node_modules/vitest/vitest.mjs'), 'run'], project),
  ];
  for (const step of steps) {
    const { problem } = step();
    if (problem !== null) return problem;
  }
  return null;
}

function projectFor(root: string): object {
  return {
    compilerOptions: {
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023', 'dom'],
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      skipLibCheck: true,
      noEmit: true,
    },
    include: ['src'],
  };
}
