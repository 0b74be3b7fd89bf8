import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checks } from './checks.js';
import { command } from './command.js';
import { determinismProgram } from './determinism.js';
import type { Tarball } from './pack.js';

/** A project as a user has it: the packages from their tarballs, nothing of this workspace on its path. */
export interface Consumer {
  readonly folder: string;
  /** Programs to run on every Node, relative to `folder`. */
  readonly programs: readonly string[];
}

/** Writes the project, installs the tarballs into it and type-checks it. */
export function createConsumer(root: string, folder: string, tarballs: readonly Tarball[], checks: Checks): Consumer {
  const examples = copyExamples(root, folder);
  const entries = tarballs.flatMap(entriesOf);
  const dependencies = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]));
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: { ...examples.dependencies, ...dependencies },
    // The declarations of the Kubernetes client need it where libraries are checked, too.
    devDependencies: { '@types/ws': '8.18.2' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  writeFileSync(join(folder, 'import.ts'), importProgram(entries));
  writeFileSync(join(folder, 'require.cts'), requireProgram(entries));
  writeFileSync(join(folder, 'import-from-commonjs.cts'), `void (async () => {\n${importProgram(entries)}})();\n`);
  writeFileSync(join(folder, 'determinism.ts'), determinismProgram);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(projectFor(root), null, 2));

  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--loglevel=error'];
  checks.add('npm installs the tarballs', command('npm', ['install', ...flags], folder).problem);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  checks.add(
    'the consumer type-checks',
    command(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], folder).problem,
  );
  const loaders = ['import.js', 'require.cjs', 'import-from-commonjs.cjs', 'determinism.js'].map((name) =>
    join('out', name),
  );
  return { folder, programs: [...loaders, ...examples.programs] };
}

/** Entries whose import does something need what they act on (a test runner), so they are type-checked by their own tests. */
function entriesOf({ name, manifest }: Tarball): string[] {
  const { sideEffects } = manifest;
  return Object.entries(manifest.exports)
    .filter(
      ([, target]) =>
        typeof target !== 'string' && !(Array.isArray(sideEffects) && sideEffects.includes(target.default)),
    )
    .map(([entry]) => name + entry.slice(1));
}

function importProgram(entries: readonly string[]): string {
  const lines = entries.map(
    (entry) => `if (Object.keys(await import('${entry}')).length === 0) throw new Error('${entry} is empty');`,
  );
  return `${lines.join('\n')}\n`;
}

function requireProgram(entries: readonly string[]): string {
  const lines = entries.map(
    (entry, index) =>
      `import entry${index} = require('${entry}');\nif (Object.keys(entry${index}).length === 0) throw new Error('${entry} is empty');`,
  );
  return `${lines.join('\n')}\n`;
}

function projectFor(root: string): object {
  return {
    compilerOptions: {
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023'],
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      skipLibCheck: false,
      rootDir: '.',
      outDir: 'out',
    },
    include: ['*.ts', '*.cts', 'examples/*/src/**/*.ts'],
    exclude: ['**/*.test.ts'],
  };
}

/** Examples that act on a real server, what must be there for it, and whether it is. */
const componentOf: Readonly<Record<string, readonly [what: string, isThere: (folder: string) => boolean]>> = {
  nginx: ['nginx', (folder) => command('nginx', ['-v'], folder).ok],
  kubernetes: ['KUBECONFIG', () => (process.env.KUBECONFIG ?? '') !== ''],
};

/** Where a component is missing, its example is not run; continuous integration has every one, so there it fails instead. */
function isRunnable(example: string, folder: string): boolean {
  if (example === 'alb') return isEmulated(example);
  const component = componentOf[example];
  if (component === undefined || process.env.CI !== undefined) return true;
  const [what, isThere] = component;
  if (isThere(folder)) return true;
  process.stderr.write(`not run: examples/${example} needs ${what}\n`);
  return false;
}

/** This one acts on whatever API the SDK's own variable names. */
function isEmulated(example: string): boolean {
  if (process.env.AWS_ENDPOINT_URL !== undefined || process.env.CI !== undefined) return true;
  process.stderr.write(`not run: examples/${example} needs AWS_ENDPOINT_URL\n`);
  return false;
}

/** Copies each example's sources, to be type-checked, and its bundle, to be run. */
function copyExamples(root: string, folder: string): { programs: string[]; dependencies: Record<string, string> } {
  const programs: string[] = [];
  const dependencies: Record<string, string> = {};
  for (const name of readdirSync(join(root, 'examples'))) {
    const from = join(root, 'examples', name);
    const bundle = ['main.js', 'index.js'].find((each) => existsSync(join(from, 'dist', each)));
    if (bundle === undefined) continue;
    const program = join('examples', name, bundle);
    mkdirSync(join(folder, 'examples', name), { recursive: true });
    cpSync(join(from, 'src'), join(folder, 'examples', name, 'src'), { recursive: true });
    cpSync(join(from, 'dist', bundle), join(folder, program));
    const manifest: { readonly name: string; readonly dependencies?: Readonly<Record<string, string>> } = JSON.parse(
      readFileSync(join(from, 'package.json'), 'utf8'),
    );
    if (bundle === 'index.js') dependencies[manifest.name] = writeLibrary(folder, name, manifest.name);
    else if (isRunnable(name, folder)) programs.push(program);
    for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
      if (!range.startsWith('workspace:')) dependencies[dependency] = range;
    }
  }
  return { programs, dependencies };
}

/** Makes a package of an example that others import. Answers how a manifest names it. */
function writeLibrary(folder: string, example: string, name: string): string {
  const exports = { '.': { types: './src/index.ts', default: './index.js' } };
  const manifest = { name, private: true, version: '0.0.0', type: 'module', exports };
  writeFileSync(join(folder, 'examples', example, 'package.json'), JSON.stringify(manifest, null, 2));
  return `file:./examples/${example}`;
}
