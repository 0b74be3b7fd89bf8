import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type PluginBuild } from 'esbuild';
import type { Tree } from './tree.js';
import { publishedPackages, sourceCondition } from './workspace.js';

const importLimitMs = 20_000;

/** The source files of every entry whose manifest says that importing it does nothing. */
export function pureEntries(tree: Tree): string[] {
  return publishedPackages(tree).flatMap(({ folder, manifest }) =>
    Object.values(manifest.exports ?? {}).flatMap((target) => {
      if (typeof target === 'string') return [];
      const { sideEffects } = manifest;
      const hasEffects = Array.isArray(sideEffects) && sideEffects.includes(target.default ?? '');
      const source = (target[sourceCondition] ?? '').replace('./', `${folder}/`);
      return hasEffects || !tree.has(source) ? [] : [source];
    }),
  );
}

/**
 * Imports a file in a process of its own and answers what the import left behind: globals, timers and other handles,
 * listeners of the process, output, or a process that does not end.
 */
export async function importEffects(file: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'import-effects-'));
  try {
    const bundle = join(folder, 'entry.mjs');
    const conditions = [sourceCondition];
    const peers: string[] = [];
    await build({
      entryPoints: [file],
      outfile: bundle,
      conditions,
      bundle: true,
      platform: 'node',
      format: 'esm',
      plugins: [{ name: 'peers', setup: (build) => leaveOut(build, file, peers) }],
      logLevel: 'silent',
    });
    const probe = join(folder, 'probe.mjs');
    writeFileSync(probe, probeOf(pathToFileURL(bundle).href, peers));
    const result = spawnSync(process.execPath, [probe], { encoding: 'utf8', timeout: importLimitMs });
    if (result.signal !== null) return ['the process does not end'];
    if (result.status !== 0) return [`the import fails: ${result.stderr.trim()}`];
    return JSON.parse(result.stdout.trimEnd().split('\n').at(-1)!);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a vendor's SDK does when it is imported is not ours: it stays outside and is imported before. */
function leaveOut({ onResolve }: PluginBuild, file: string, used: string[]): void {
  const manifest = join(dirname(file), '../package.json');
  if (!existsSync(manifest)) return;
  const declared = Object.keys(JSON.parse(readFileSync(manifest, 'utf8')).peerDependencies ?? {});
  onResolve({ filter: /^[^.]/ }, ({ path }) => {
    if (!declared.includes(path)) return null;
    const url = pathToFileURL(createRequire(file).resolve(path)).href;
    if (!used.includes(url)) used.push(url);
    return { path: url, external: true };
  });
}

/** What a module may not make while it is imported, by the names that `async_hooks` gives. Unreferenced ones count too. */
const timersAndProcesses = 'Timeout Immediate SIGNALWRAP PROCESSWRAP WORKER FSEVENTWRAP STATWATCHER';
const sockets = 'TCPWRAP TCPSERVERWRAP PIPEWRAP PIPESERVERWRAP UDPWRAP';
const handles = `${timersAndProcesses} ${sockets}`.split(' ');

function probeOf(url: string, before: readonly string[]): string {
  return `
    import { createHook } from 'node:async_hooks';
    const effects = [];
    const { write } = process.stdout;
    process.stdout.write = (text) => effects.push('prints ' + JSON.stringify(text)) > 0;
    const look = () => ({ global: Reflect.ownKeys(globalThis).map(String), listener: process.eventNames().map(String) });
    for (const peer of ${JSON.stringify(before)}) await import(peer);
    const before = look();
    const handles = ${JSON.stringify(handles)};
    const hook = createHook({ init: (_, type) => handles.includes(type) && effects.push('makes ' + type) }).enable();
    await import(${JSON.stringify(url)});
    hook.disable();
    const after = look();
    for (const kind of Object.keys(after)) {
      effects.push(...after[kind].filter((each) => !before[kind].includes(each)).map((each) => 'adds ' + kind + ' ' + each));
    }
    process.stdout.write = write;
    console.log(JSON.stringify(effects));
  `;
}
