import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundleEntries, foldersVariable } from './entries.mjs';
import { quietly, runNode } from './run.mjs';
import { filesBelow, hashFiles, readStamp, writeStamp } from './stamp.mjs';
import { readJson, root, workspacePackages } from './workspace.mjs';

/** @typedef {import('./entries.mjs').Bundle} Bundle */

const tsc = join(root, 'node_modules/typescript/bin/tsc');
const tsup = join(root, 'node_modules/tsup/dist/cli-default.js');
const tools = ['pnpm-lock.yaml', 'tsconfig.base.json', 'tsup.config.ts', 'scripts/entries.mjs'];

/**
 * Type check, which also writes the declarations of the packages. `tsc -b` trusts its build info and does not look for
 * the declarations themselves, so a removed `dist` needs to be told.
 *
 * @param {readonly string[]} [projects] Everything, unless folders are given.
 * @param {import('node:child_process').StdioOptions} [stdio]
 */
export function checkTypes(projects = [], stdio = 'inherit') {
  const missing = bundleEntries().some((each) => each.published && outputs(each, '.d.ts').some((path) => !has(path)));
  return runNode(tsc, ['-b', ...projects, ...(missing ? ['--force'] : [])], { cwd: root, stdio });
}

/**
 * Bundles the published packages, one more folder and the unpublished ones that it depends on, as far as their sources
 * have changed since the last time. It checks no types: whoever runs one example should not wait for, or fail on,
 * everything else.
 *
 * @param {string} folder
 */
export function bundleFor(folder) {
  const needed = withDependencies(folder);
  return bundle(bundleEntries().filter((each) => each.published || needed.has(each.folder)));
}

/**
 * The folder, and every folder of the workspace that its manifest names, and theirs.
 *
 * @param {string} folder
 */
function withDependencies(folder) {
  const manifests = new Map(workspacePackages().map((path) => [path, readJson(`${path}/package.json`)]));
  const found = new Set([folder]);
  for (const each of found) {
    const names = Object.keys(manifests.get(each)?.dependencies ?? {});
    for (const [path, { name }] of manifests) if (names.includes(name)) found.add(path);
  }
  return found;
}

/** What users get, and the examples: declarations first, because tsup writes beside them and removes nothing. */
export async function build() {
  const bundles = bundleEntries().filter(({ folder, published }) => published || folder.startsWith('examples/'));
  const projects = bundles.filter(({ published }) => published).map(({ folder }) => folder);
  return (await checkTypes(projects, [...quietly])) || bundle(bundles);
}

/** @param {readonly Bundle[]} wanted */
async function bundle(wanted) {
  const changed = wanted
    .map((each) => ({ each, stamp: stampOf(each), stampFile: join(root, 'node_modules/.cache/bundles', each.folder) }))
    .filter(
      ({ each, stamp, stampFile }) => readStamp(stampFile) !== stamp || outputs(each, '.js').some((path) => !has(path)),
    );
  if (changed.length === 0) return 0;

  const folders = changed.map(({ each }) => each.folder);
  process.stderr.write(`Building ${folders.join(', ')}.\n`);
  const startedAtMs = Date.now();
  const env = { ...process.env, [foldersVariable]: folders.join() };
  const status = await runNode(tsup, ['--silent'], { cwd: root, stdio: [...quietly], env });
  if (status !== 0) return status;
  for (const { each, stamp, stampFile } of changed) {
    removeStale(each.folder, startedAtMs);
    writeStamp(stampFile, stamp);
  }
  return 0;
}

/**
 * What a bundle is made of. A package imports the others as they are built; a suite may take in fixtures of any package.
 *
 * @param {Bundle} bundle
 */
function stampOf({ folder, published }) {
  const borrowed = published ? [] : workspacePackages().filter((path) => path.startsWith('packages/'));
  const sources = [folder, ...borrowed].flatMap((path) => filesBelow(root, `${path}/src`));
  return hashFiles(root, [...tools, `${folder}/package.json`, ...sources.filter((path) => !path.endsWith('.test.ts'))]);
}

/**
 * Removes from `dist` what no source stands behind any more; it would be packed otherwise.
 *
 * @param {string} folder
 * @param {number} builtAtMs Every bundle that belongs there is younger.
 */
function removeStale(folder, builtAtMs) {
  for (const file of filesBelow(root, `${folder}/dist`)) {
    const source = file.replace('/dist/', '/src/').replace(/\.d\.ts$/, '.ts');
    const isNeeded = file.endsWith('.d.ts')
      ? has(source) && !/\.(test|fixture)\.ts$/.test(source)
      : statSync(join(root, file)).mtimeMs >= builtAtMs - 1_000;
    if (!isNeeded) rmSync(join(root, file));
  }
}

/**
 * @param {Bundle} bundle
 * @param {string} extension
 */
function outputs({ folder, entry }, extension) {
  return Object.keys(entry).map((name) => `${folder}/dist/${name}${extension}`);
}

/** @param {string} path */
function has(path) {
  return existsSync(join(root, path));
}
