import type { Tree } from './tree.js';

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly sideEffects?: boolean | readonly string[];
  readonly exports?: Readonly<Record<string, ExportTarget | string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export type ExportTarget = Readonly<Record<string, string>>;

/** One folder of the workspace with a manifest. */
export interface Package {
  /** Relative to the root, as in `packages/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export const scope = '@bluegreen/';
export const sourceCondition = 'bluegreen-source';

/** Everything with a manifest except the root, in the order of the paths. */
export function allPackages(tree: Tree): Package[] {
  return [...tree.keys()]
    .filter((path) => /^(packages\/[^/]+|examples\/[^/]+|e2e|bench)\/package\.json$/.test(path))
    .map((path) => ({ folder: path.slice(0, -'/package.json'.length), manifest: JSON.parse(tree.get(path)!) }));
}

/** What npm users get. */
export function publishedPackages(tree: Tree): Package[] {
  return allPackages(tree).filter(({ manifest }) => manifest.private !== true);
}

/** `core` for `@bluegreen/core`. */
export function shortName({ manifest }: Package): string {
  return manifest.name.startsWith(scope) ? manifest.name.slice(scope.length) : manifest.name;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Tests and their fixtures never reach a user. */
  readonly isTest: boolean;
}

/** The TypeScript files below `src` of one folder. */
export function sourceFiles(tree: Tree, folder: string): SourceFile[] {
  return [...tree]
    .filter(([path]) => path.startsWith(`${folder}/src/`) && path.endsWith('.ts'))
    .map(([path, text]) => ({ path, text, isTest: /\.(test|fixture)\.ts$/.test(path) }));
}

/** Source files of the published packages that are published with them. */
export function productionFiles(tree: Tree): SourceFile[] {
  return publishedPackages(tree).flatMap(({ folder }) => sourceFiles(tree, folder).filter(({ isTest }) => !isTest));
}
