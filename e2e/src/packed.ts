// Packs every package, installs the tarballs into an empty project and uses them there, on every supported Node.
// Arguments: --json, --lint (only look at the tarballs), --nodes 20,22,24.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Checks, createChecks } from './packed/checks.js';
import { command } from './packed/command.js';
import { type Consumer, createConsumer } from './packed/consumer.js';
import { findNode } from './packed/find-node.js';
import { createOwnAdapter } from './packed/own-adapter.js';
import { lintTarballs, packAll } from './packed/pack.js';
import { testPolicies } from './packed/policy-tests.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      lint: { type: 'boolean', default: false },
      nodes: { type: 'string', default: '20,22,24' },
    },
  });
  const nodes = values.lint ? [] : values.nodes.split(',').map(Number);
  const checks = createChecks((line) => process.stderr.write(`${line}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  try {
    const packages = usePackages(folder, nodes, checks);
    const { passed, failed } = checks;
    const summary = `${packages} packages, Node ${nodes.join(', ') || 'not used'}: ${passed} checks passed, ${failed} failed`;
    process.stdout.write(`${values.json ? JSON.stringify({ nodes, packages, passed, failed }) : summary}\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function usePackages(folder: string, nodes: readonly number[], checks: Checks): number {
  const built = command(process.execPath, [join(root, 'scripts/dev.mjs'), 'build'], root);
  checks.add('build', built.problem);
  if (!built.ok) return 0;
  const tarballFolder = join(folder, 'tarballs');
  const consumerFolder = join(folder, 'consumer');
  mkdirSync(tarballFolder);
  mkdirSync(consumerFolder);
  const tarballs = packAll(root, tarballFolder);
  lintTarballs(root, tarballs, checks);
  if (nodes.length > 0) {
    const consumer = createConsumer(root, consumerFolder, tarballs, checks);
    const digests = new Map<number, string>();
    for (const major of nodes) runOn(major, consumer, digests, checks);
    checks.add('simulations are the same bytes on every Node', differing(nodes, digests));
    testPolicies(root, folder, tarballs, nodes, checks);
    createOwnAdapter(folder, consumer, tarballs, checks);
  }
  return tarballs.length;
}

/** What one Node simulated and another one did not. One that said nothing, or did not run, agrees with no other. */
function differing(nodes: readonly number[], digests: ReadonlyMap<number, string>): string | null {
  const said = nodes.map((major) => digests.get(major) ?? '');
  const areTheSame = said[0] !== '' && said.every((digest) => digest === said[0]);
  return areTheSame ? null : nodes.map((major, at) => `Node ${major}: ${said[at] || 'nothing'}`).join('\n');
}

function runOn(major: number, { folder, programs }: Consumer, digests: Map<number, string>, checks: Checks): void {
  const found = findNode(major, folder);
  if ('problem' in found) {
    checks.add(`Node ${major}`, found.problem);
    return;
  }
  for (const program of programs) {
    const { problem, stdout } = command(
      found.path,
      [program],
      folder,
      program.includes('determinism') ? 300_000 : 60_000,
    );
    checks.add(`Node ${found.version}: ${program}`, problem);
    if (program.includes('determinism')) digests.set(major, stdout.trim());
  }
}
