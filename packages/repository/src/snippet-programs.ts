import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { Snippet } from './snippets.js';
import type { Tree } from './tree.js';
import { publishedPackages, sourceCondition } from './workspace.js';

const runLimitMs = 60_000;

/**
 * Compiles snippets against the sources of the packages and runs those that ask for it. Answers what went wrong, with
 * the line of the page.
 */
export async function checkSnippets(root: string, tree: Tree, snippets: readonly Snippet[]): Promise<string[]> {
  if (snippets.length === 0) return [];
  const parent = join(root, 'packages/repository/.snippets');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'run-'));
  try {
    const programs = snippets.map((snippet) => ({ snippet, name: fileName(snippet) }));
    for (const { snippet, name } of programs) {
      const file = join(folder, `${name}.ts`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${snippet.lines.join('\n')}\n`);
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(projectFor(root, tree)));
    const wrong = compile(root, folder, programs);
    if (wrong.length > 0) return wrong;
    const results = programs.filter(({ snippet }) => snippet.run).map((program) => execute(folder, program));
    return (await Promise.all(results)).flat();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Program {
  readonly snippet: Snippet;
  readonly name: string;
}

/** Each page has its folder, so that its programs can import each other and those of no other page. */
function fileName({ page, line, name }: Snippet): string {
  return `${page.replace(/\W+/g, '-')}/${name ?? `line-${line}`}`;
}

function projectFor(root: string, tree: Tree): object {
  const sources = publishedPackages(tree).flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).flatMap(([entry, target]) => {
      const source = typeof target === 'string' ? undefined : target[sourceCondition];
      return source === undefined ? [] : [[manifest.name + entry.slice(1), [join(root, folder, source)]]];
    }),
  );
  return {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      composite: false,
      declaration: false,
      emitDeclarationOnly: false,
      noEmit: true,
      paths: Object.fromEntries(sources),
    },
    include: ['**/*.ts'],
  };
}

function compile(root: string, folder: string, programs: readonly Program[]): string[] {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  // Errors elsewhere belong to the type check of the packages.
  return [...stdout.matchAll(/^([^\s(]+)\.ts\((\d+),\d+\): (error .*)$/gm)].flatMap(([, name, line, message]) => {
    const program = programs.find((each) => each.name === name);
    return program === undefined ? [] : [`${program.snippet.page}:${line}: ${message}`];
  });
}

async function execute(folder: string, { snippet, name }: Program): Promise<string[]> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(folder, `${name}.ts`)],
    tsconfig: join(folder, 'tsconfig.json'),
    conditions: [sourceCondition],
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    outfile,
  });
  const result = spawnSync(process.execPath, [outfile], { cwd: folder, encoding: 'utf8', timeout: runLimitMs });
  if (result.status === 0) return [];
  const ending = result.signal === null ? `ended with ${result.status}` : `ran longer than ${runLimitMs} ms`;
  return [`${snippet.page}:${snippet.line}: ${ending}: ${result.stderr.trim().split('\n').slice(-8).join('\n')}`];
}
