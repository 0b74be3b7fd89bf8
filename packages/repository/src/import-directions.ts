import { posix } from 'node:path';
import { importedModules, packageOf } from './syntax.js';
import type { Tree } from './tree.js';
import { type Package, publishedPackages, type SourceFile, scope, shortName, sourceFiles } from './workspace.js';

/** `peers`: whatever the manifest names as a peer, which is how an adapter takes its vendor's SDK. */
type External = readonly string[] | 'peers' | 'any';

interface Place {
  readonly own: readonly string[];
  readonly external: External;
}

const adapter: Place = { own: ['contract'], external: 'peers' };

const belowTheCommandLine: Readonly<Record<string, Place>> = {
  contract: { own: [], external: [] },
  machine: { own: ['contract'], external: ['xstate', 'valibot', '@valibot/to-json-schema'] },
  gates: { own: ['contract'], external: [] },
  core: { own: ['contract', 'machine', 'gates'], external: ['eventemitter3'] },
  simulator: { own: ['contract', 'machine', 'gates', 'core', 'report'], external: ['vitest'] },
  conformance: { own: ['contract'], external: [] },
  report: { own: ['contract', 'machine'], external: ['picocolors'] },
  nginx: adapter,
  kubernetes: adapter,
  alb: adapter,
  prometheus: adapter,
  cloudwatch: adapter,
};

/** The floor plan: what each package may import in production. A new package gets its row before its first file. */
const floorPlan: Readonly<Record<string, Place>> = {
  ...belowTheCommandLine,
  cli: { own: Object.keys(belowTheCommandLine), external: 'any' },
};

/** Imports that point down the floor plan, leave their package, or bring test code into production. */
export function importDirections(tree: Tree): string[] {
  const packages = publishedPackages(tree);
  const inside = packages.flatMap((each) => {
    const place = floorPlan[shortName(each)];
    if (place === undefined) return [`${each.folder}: has no row in the floor plan`];
    return sourceFiles(tree, each.folder).flatMap((file) => [
      ...relativeImports(each.folder, file),
      ...(file.isTest ? [] : bareImports(each, place, file)),
    ]);
  });
  const outside = ['e2e', 'bench', ...foldersBelow(tree, 'examples')].flatMap((folder) =>
    sourceFiles(tree, folder).flatMap((file) => relativeImports(folder, file)),
  );
  return [...inside, ...outside];
}

function bareImports(each: Package, place: Place, { path, text }: SourceFile): string[] {
  return importedModules(path, text).flatMap((specifier) => {
    const name = packageOf(specifier);
    if (name === null) return [];
    if (name.startsWith(scope)) {
      return place.own.includes(name.slice(scope.length))
        ? []
        : [`${path}: ${shortName(each)} must not import ${name}`];
    }
    return isAllowed(each, place.external, name) ? [] : [`${path}: ${shortName(each)} must not import ${name}`];
  });
}

function isAllowed({ manifest }: Package, external: External, name: string): boolean {
  if (external === 'any') return true;
  return external === 'peers' ? name in (manifest.peerDependencies ?? {}) : external.includes(name);
}

function relativeImports(folder: string, { path, text, isTest }: SourceFile): string[] {
  return importedModules(path, text)
    .filter((specifier) => specifier.startsWith('.'))
    .flatMap((specifier) => {
      const target = posix.join(posix.dirname(path), specifier);
      const isTestCode = /\.(test|fixture)\.js$/.test(target);
      if (!target.startsWith(`${folder}/src/`)) {
        const isBorrowed = !folder.startsWith('packages/') && target.endsWith('.fixture.js');
        return isBorrowed ? [] : [`${path}: leaves its package with ${specifier}`];
      }
      return isTestCode && !isTest ? [`${path}: production code imports the test code ${specifier}`] : [];
    });
}

function foldersBelow(tree: Tree, folder: string): string[] {
  const names = [...tree.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.split('/')[1]);
  return [...new Set(names)].map((name) => `${folder}/${name}`);
}
