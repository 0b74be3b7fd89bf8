import { posix } from 'node:path';
import type { Tree } from './tree.js';
import { type Package, publishedPackages, scope } from './workspace.js';

/** TypeScript projects that do not reference what their manifest depends on, and packages that no root project covers. */
export function projectReferences(tree: Tree): string[] {
  const packages = publishedPackages(tree);
  const folders = packages.map(({ folder }) => folder);
  return [
    ...differences(tree, 'tsconfig.json', [...folders, 'tsconfig.check.json']),
    ...differences(tree, 'tsconfig.check.json', folders),
    ...packages.flatMap((each) => differences(tree, `${each.folder}/tsconfig.json`, dependencyFolders(each, packages))),
  ];
}

function dependencyFolders({ manifest }: Package, packages: readonly Package[]): string[] {
  return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    .filter((name) => name.startsWith(scope))
    .map((name) => packages.find((each) => each.manifest.name === name)?.folder ?? name);
}

function differences(tree: Tree, path: string, expected: readonly string[]): string[] {
  const text = tree.get(path);
  if (text === undefined) return [`${path}: is missing`];
  const references: readonly { path: string }[] = JSON.parse(text).references ?? [];
  const found = references.map((each) => posix.join(posix.dirname(path), each.path));
  return [
    ...expected.filter((each) => !found.includes(each)).map((each) => `${path}: does not reference ${each}`),
    ...found.filter((each) => !expected.includes(each)).map((each) => `${path}: references ${each} without need`),
  ];
}
