import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Every folder that `pnpm-workspace.yaml` names and that has a `package.json`, relative to the root, sorted.
 *
 * @param {string} [from]
 * @returns {string[]}
 */
export function workspacePackages(from = root) {
  const yaml = readFileSync(join(from, 'pnpm-workspace.yaml'), 'utf8');
  const block = /^packages:\n((?: {2}- .*\n)+)/m.exec(yaml)?.[1] ?? '';
  const patterns = [...block.matchAll(/^ {2}- (.*)$/gm)].map((found) => String(found[1]));
  return patterns
    .flatMap((pattern) => (pattern.endsWith('/*') ? foldersIn(from, pattern.slice(0, -2)) : [pattern]))
    .filter((path) => existsSync(join(from, path, 'package.json')))
    .sort();
}

/**
 * @param {string} from
 * @param {string} folder
 */
function foldersIn(from, folder) {
  return existsSync(join(from, folder)) ? readdirSync(join(from, folder)).map((name) => `${folder}/${name}`) : [];
}

/**
 * @param {string} path Relative to the root.
 * @returns {Record<string, any>}
 */
export function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}
