import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleEntries } from './entries.mjs';
import { quietly, runNode } from './run.mjs';
import { filesBelow, hashFiles, readStamp, writeStamp } from './stamp.mjs';
import { root, workspacePackages } from './workspace.mjs';

const tsc = join(root, 'node_modules/typescript/bin/tsc');
const tsup = join(root, 'node_modules/tsup/dist/cli-default.js');
const isTest = (/** @type {string} */ path) => /\.(test|fixture)\.ts$/.test(path);

/**
 * Type check, which also writes the declarations of the packages. `tsc -b` trusts its build info and does not look for
 * the declarations themselves, so a removed `dist` needs to be told.
 *
 * @param {readonly string[]} [projects] Everything, unless folders are given.
 * @param {import('node:child_process').StdioOptions} [stdio]
 */
export function checkTypes(projects = [], stdio = 'inherit') {
  const missing = publishedEntries().some(({ folder, entry }) =>
    Object.keys(entry).some((name) => !has(`${folder}/dist/${name}.d.ts`)),
  );
  return runNode(tsc, ['-b', ...projects, ...(missing ? ['--force'] : [])], { cwd: root, stdio });
}

/**
 * Bundles every package, example, e2e suite and benchmark, unless nothing has changed since the last time. It checks
 * no types: whoever runs one example should not wait for, or fail on, the types of all the others.
 *
 * @returns {Promise<number>}
 */
export async function bundle() {
  const stampFile = join(root, 'node_modules/.cache/bundle.stamp');
  const folders = workspacePackages();
  const sources = folders
    .flatMap((path) => filesBelow(root, `${path}/src`))
    .filter((path) => !path.endsWith('.test.ts'));
  const tools = ['pnpm-lock.yaml', 'tsconfig.base.json', 'tsup.config.ts', 'scripts/entries.mjs'];
  const stamp = hashFiles(root, [...tools, ...folders.map((path) => `${path}/package.json`), ...sources]);
  const complete = bundleEntries().every(({ folder, entry }) =>
    Object.keys(entry).every((name) => has(`${folder}/dist/${name}.js`)),
  );
  if (complete && readStamp(stampFile) === stamp) return 0;

  process.stderr.write('Building.\n');
  for (const path of folders) removeStale(path);
  const status = await runNode(tsup, ['--silent'], { cwd: root, stdio: [...quietly] });
  if (status === 0) writeStamp(stampFile, stamp);
  return status;
}

/** Everything that is published: declarations first, because tsup writes beside them and removes nothing. */
export async function build() {
  const projects = publishedEntries().map(({ folder }) => folder);
  return (await checkTypes(projects, [...quietly])) || bundle();
}

function publishedEntries() {
  return bundleEntries().filter(({ published }) => published);
}

/**
 * Removes what no source stands behind any more; it would be packed otherwise.
 *
 * @param {string} path
 */
function removeStale(path) {
  for (const file of filesBelow(root, `${path}/dist`)) {
    const source = file.replace('/dist/', '/src/').replace(/\.d\.ts$/, '.ts');
    if (!file.endsWith('.d.ts') || !has(source) || isTest(source)) rmSync(join(root, file));
  }
}

/** @param {string} path */
function has(path) {
  return existsSync(join(root, path));
}
