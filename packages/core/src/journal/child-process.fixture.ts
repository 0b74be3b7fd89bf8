import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildMessage } from './journal-child.fixture.js';

interface Bundler {
  build(options: object): Promise<unknown>;
}

/** Makes one JavaScript file of `journal-child.fixture.ts`, for plain Node, and returns its path. */
export async function bundleChild(directory: string): Promise<string> {
  const fromTsup = createRequire(createRequire(import.meta.url).resolve('tsup/package.json'));
  const { build } = fromTsup('esbuild') as Bundler;
  const outfile = join(directory, 'journal-child.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('journal-child.fixture.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['bluegreen-source'],
    outfile,
  });
  return outfile;
}

/** A real process that uses a journal. */
export class Child {
  readonly messages: ChildMessage[] = [];
  readonly process: ChildProcess;
  readonly closed: Promise<unknown>;

  constructor(script: string, mode: string, directory: string) {
    this.process = fork(script, [mode, directory]);
    this.process.on('message', (message) => this.messages.push(message as ChildMessage));
    // Messages may still come after the process has ended, but not after the disconnect.
    this.closed = Promise.all([once(this.process, 'close'), once(this.process, 'disconnect')]);
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Resolves when it has told so many things. */
  async told(count: number): Promise<void> {
    while (this.messages.length < count) await once(this.process, 'message');
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }
}
