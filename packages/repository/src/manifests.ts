import type { Tree } from './tree.js';
import { type ExportTarget, type Package, publishedPackages, sourceCondition } from './workspace.js';

/** Manifests of published packages that differ where they must be alike. */
export function manifests(tree: Tree): string[] {
  const packages = publishedPackages(tree);
  const versions = new Set(packages.map(({ manifest }) => manifest.version));
  const oneVersion = versions.size > 1 ? [`packages: one version for all, not ${[...versions].join(', ')}`] : [];
  return [...oneVersion, ...packages.flatMap((each) => [...fields(each), ...entries(tree, each), ...ranges(each)])];
}

function fields({ folder, manifest }: Package): string[] {
  const repository = { type: 'git', url: 'git+https://github.com/bluegreen/bluegreen.git', directory: folder };
  const expected = {
    name: `@bluegreen/${folder.replace('packages/', '')}`,
    license: 'Apache-2.0',
    repository,
    type: 'module',
    engines: { node: '>=20.19' },
    files: ['dist'],
  };
  const wrong = Object.entries(expected)
    .filter(([field, value]) => JSON.stringify(manifest[field]) !== JSON.stringify(value))
    .map(([field, value]) => `${folder}: ${field} is not ${JSON.stringify(value)}`);
  const isPure = manifest.sideEffects === false || Array.isArray(manifest.sideEffects);
  const isDescribed = typeof manifest.description === 'string' && manifest.description !== '';
  return [
    ...wrong,
    ...(isPure ? [] : [`${folder}: sideEffects is neither false nor a list`]),
    ...(isDescribed ? [] : [`${folder}: has no description`]),
  ];
}

/** Each entry is `bluegreen-source`, `types`, `default`, in this order; the published map is the same without the source. */
function entries(tree: Tree, { folder, manifest }: Package): string[] {
  const own = manifest.exports ?? {};
  const published = (manifest.publishConfig as { exports?: ExportMap; access?: string } | undefined) ?? {};
  const problems = Object.entries(own).flatMap(([entry, target]) => {
    if (typeof target === 'string')
      return isPlainFile(target) ? [] : [`${folder}: exports "${entry}" needs conditions`];
    return entryProblems(tree, folder, entry, target);
  });
  const withoutSource = Object.fromEntries(
    Object.entries(own).map(([entry, target]) => [
      entry,
      typeof target === 'string' ? target : withoutCondition(target),
    ]),
  );
  return [
    ...problems,
    ...('.' in own && './package.json' in own ? [] : [`${folder}: exports needs "." and "./package.json"`]),
    ...(published.access === 'public' ? [] : [`${folder}: publishConfig.access is not "public"`]),
    ...(JSON.stringify(published.exports) === JSON.stringify(withoutSource)
      ? []
      : [`${folder}: publishConfig.exports is not exports without ${sourceCondition}`]),
  ];
}

type ExportMap = Readonly<Record<string, ExportTarget | string>>;

function entryProblems(tree: Tree, folder: string, entry: string, target: ExportTarget): string[] {
  const source = target[sourceCondition] ?? '';
  const name = /^\.\/src\/(.+)\.ts$/.exec(source)?.[1];
  const expected = { [sourceCondition]: source, types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
  if (name === undefined || JSON.stringify(target) !== JSON.stringify(expected)) {
    return [`${folder}: exports "${entry}" is not ${sourceCondition}, types, default of one source file`];
  }
  return tree.has(`${folder}/src/${name}.ts`) ? [] : [`${folder}: exports "${entry}" but has no src/${name}.ts`];
}

function ranges({ folder, manifest }: Package): string[] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([name, range]) => name.startsWith('@bluegreen/') && range !== 'workspace:*')
    .map(([name, range]) => `${folder}: ${name} is "${range}", not "workspace:*"`);
}

function isPlainFile(target: string): boolean {
  return target.endsWith('.json');
}

function withoutCondition(target: ExportTarget): ExportTarget {
  return Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== sourceCondition));
}
