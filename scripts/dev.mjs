#!/usr/bin/env node
// Everything that the root manifest's scripts do. It needs Node and npm and no package: it is what installs them.
import { join } from 'node:path';
import { build, bundleFor, checkTypes } from './build.mjs';
import { bundleEntries } from './entries.mjs';
import { install } from './install.mjs';
import { runNode } from './run.mjs';
import { root } from './workspace.mjs';

const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');

/** @typedef {(args: string[]) => Promise<number>} Command */

/** @type {Record<string, Command>} */
const commands = {
  start: (args) => runBuilt('examples/simulate', 'main', args),
  build: () => build(),
  test: (args) => all({ types: () => checkTypes(), format: checkFormat, tests: () => runTests(args) }),
  check: (args) =>
    all({
      types: () => checkTypes(),
      format: checkFormat,
      repository: () => runTests(['packages/repository']),
      packages: async () => (await build()) || runBuilt('e2e', 'packed', ['--lint', ...args]),
    }),
  bench: (args) => runBuilt('bench', 'main', args),
  'bench:decisions': (args) => runBuilt('bench', 'decisions', args),
  e2e: ([name = '', ...args]) => runBuilt('e2e', name, args),
  example: ([name = '', ...args]) => runBuilt(`examples/${name}`, 'main', args),
};

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} argv */
async function main([name = '', ...args]) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return refuse(`Usage: node scripts/dev.mjs ${Object.keys(commands).join(' | ')}`);
  if (!nodeIsNewEnough()) return refuse(`Node 20.19 or newer is needed; this is ${process.version}.`);
  // `pnpm e2e:nginx -- --json` hands the dashes on, npm swallows them.
  return (await install()) || command(args.filter((arg, index) => arg !== '--' || index !== args.indexOf('--')));
}

function nodeIsNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

function checkFormat() {
  return runNode(biome, ['check', '--error-on-warnings', '.'], { cwd: root });
}

/** @param {string[]} args */
function runTests(args) {
  return runNode(vitest, ['run', ...args], { cwd: root });
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string[]} args
 */
async function runBuilt(folder, name, args) {
  const runnable = bundleEntries().filter((each) => !each.folder.startsWith('packages/'));
  if (!runnable.some((each) => each.folder === folder && name in each.entry)) {
    const known = runnable.flatMap((each) => Object.keys(each.entry).map((entry) => `${each.folder}/src/${entry}.ts`));
    return refuse(`There is no ${folder}/src/${name || '<name>'}.ts. There are: ${known.join(', ') || 'none'}.`);
  }
  return (await bundleFor(folder)) || runNode(join(root, folder, 'dist', `${name}.js`), args);
}

/**
 * Runs every step even if one fails, so that one run shows everything; only a signal ends it early.
 *
 * @param {Record<string, () => Promise<number>>} steps
 */
async function all(steps) {
  const startedAt = performance.now();
  /** @type {string[]} */
  const failed = [];
  for (const [name, step] of Object.entries(steps)) {
    process.stderr.write(`\n[${name}]\n`);
    const status = await step();
    if (status > 128) return status;
    if (status !== 0) failed.push(name);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const passed = Object.keys(steps).filter((name) => !failed.includes(name));
  const verdict =
    failed.length > 0
      ? `Failed: ${failed.join(', ')}. Passed: ${passed.join(', ') || 'none'}`
      : `All passed: ${passed.join(', ')}`;
  process.stderr.write(`\n${verdict} (${seconds} s).\n`);
  return failed.length > 0 ? 1 : 0;
}

/** @param {string} message */
function refuse(message) {
  process.stderr.write(`${message}\n`);
  return 2;
}
