import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root, workspacePackages } from './workspace.mjs';

const condition = 'bluegreen-source';

/** The environment variable that tells tsup which folders to bundle, separated by commas. All of them without it. */
export const foldersVariable = 'BLUEGREEN_BUNDLE';

/** @typedef {{ folder: string, entry: Record<string, string>, published: boolean }} Bundle */

/**
 * What is bundled: per folder of the workspace, output name to source file, both relative to that folder.
 * A package's entries are the ones its manifest exports or names as `bin`; an end-to-end suite is any file directly in
 * `e2e/src`; an example is its `src/main.ts`, the benchmarks are that and `src/decisions.ts`. A source that does not exist yet is left out.
 *
 * @returns {Bundle[]}
 */
export function bundleEntries() {
  return workspacePackages()
    .map((folder) => {
      const manifest = readJson(`${folder}/package.json`);
      const sources = [...exportedSources(manifest), ...binSources(manifest), ...runnableSources(folder)];
      const present = [...new Set(sources)].filter((source) => existsSync(join(root, folder, source)));
      const entry = Object.fromEntries(present.map((source) => [outputName(source), source]));
      return { folder, entry, published: manifest.private !== true };
    })
    .filter(({ entry }) => Object.keys(entry).length > 0);
}

/** @param {string} source */
function outputName(source) {
  return source.replace(/^\.?\/?src\//, '').replace(/\.ts$/, '');
}

/**
 * @param {Record<string, any>} manifest
 * @returns {string[]}
 */
function exportedSources(manifest) {
  return Object.values(manifest.exports ?? {}).flatMap((target) =>
    target?.[condition] ? [target[condition].replace(/^\.\//, '')] : [],
  );
}

/**
 * @param {Record<string, any>} manifest
 * @returns {string[]}
 */
function binSources(manifest) {
  // Only what is published has it: a command that is not built yet cannot be linked here.
  return Object.values(manifest.publishConfig?.bin ?? {}).map((file) =>
    file.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts'),
  );
}

/** @param {string} folder */
function runnableSources(folder) {
  if (folder.startsWith('packages/')) return [];
  if (folder === 'bench') return ['src/main.ts', 'src/decisions.ts'];
  if (folder !== 'e2e') return ['src/main.ts'];
  const isSuite = (/** @type {string} */ name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name);
  const source = join(root, folder, 'src');
  return existsSync(source)
    ? readdirSync(source)
        .filter(isSuite)
        .map((name) => `src/${name}`)
    : [];
}
