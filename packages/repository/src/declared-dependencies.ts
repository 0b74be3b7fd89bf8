import { importedModules, packageOf } from './syntax.js';
import type { Tree } from './tree.js';
import { allPackages, type Package, type SourceFile, sourceFiles } from './workspace.js';

/**
 * Imports that no manifest declares, and declarations that no file uses. What tests use belongs to
 * `devDependencies`, or to the root manifest, which every test shares. Folders that publish nothing may declare more
 * than they use.
 */
export function declaredDependencies(tree: Tree): string[] {
  const shared = Object.keys(JSON.parse(tree.get('package.json') ?? '{}').devDependencies ?? {});
  return allPackages(tree).flatMap((each) => {
    const files = sourceFiles(tree, each.folder);
    if (files.length === 0) return [];
    return each.manifest.private === true ? ofPrivate(each, files, shared) : ofPublished(each, files, shared);
  });
}

function ofPrivate({ manifest }: Package, files: readonly SourceFile[], shared: readonly string[]): string[] {
  const declared = [manifest.name, ...namesIn(manifest.dependencies, manifest.devDependencies), ...shared];
  return undeclared(files, declared, 'package.json');
}

function ofPublished({ folder, manifest }: Package, files: readonly SourceFile[], shared: readonly string[]): string[] {
  const production = files.filter(({ isTest }) => !isTest);
  const tests = files.filter(({ isTest }) => isTest);
  const atRuntime = namesIn(manifest.dependencies, manifest.peerDependencies);
  const forTests = namesIn(manifest.devDependencies);
  const used = new Set(packagesUsed(production));
  const usedByTests = new Set(packagesUsed(tests));
  return [
    ...undeclared(production, atRuntime, 'dependencies'),
    ...undeclared(tests, [manifest.name, ...atRuntime, ...forTests, ...shared], 'devDependencies'),
    ...atRuntime.filter((name) => !used.has(name)).map((name) => `${folder}: declares ${name} and does not import it`),
    ...forTests
      .filter((name) => !usedByTests.has(name) && !(name in (manifest.peerDependencies ?? {})))
      .map((name) => `${folder}: declares ${name} for tests and no test imports it`),
  ];
}

function undeclared(files: readonly SourceFile[], declared: readonly string[], where: string): string[] {
  return files.flatMap((file) =>
    packagesUsed([file])
      .filter((name) => !declared.includes(name))
      .map((name) => `${file.path}: imports ${name}, which ${where} does not name`),
  );
}

function packagesUsed(files: readonly SourceFile[]): string[] {
  const names = files.flatMap(({ path, text }) => importedModules(path, text).map(packageOf));
  return [...new Set(names.filter((name) => name !== null))];
}

function namesIn(...groups: readonly (Readonly<Record<string, string>> | undefined)[]): string[] {
  return groups.flatMap((group) => Object.keys(group ?? {}));
}
