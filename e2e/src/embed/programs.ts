import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Longer than a job lasts, and than a server takes to begin or to end; what lasts longer hangs, and that is a failure. */
const limitMs = 120_000;

export interface Program {
  readonly child: ChildProcess;
  /** The first line that it printed; `null` when it ended without one. */
  readonly firstLine: Promise<string | null>;
  readonly ended: Promise<ProgramEnd>;
  /** From here on it may not last longer than `limitMs`; from its start to its first line it may not, either. */
  limit(): void;
}

export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** Runs an example as its user does. A server has begun when it prints its address, and then lasts as long as it likes. */
export function startProgram(
  example: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { isServer = false } = {},
): Program {
  const script = fileURLToPath(new URL(`../../examples/${example}/dist/main.js`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  let timer: NodeJS.Timeout | undefined;
  const limit = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  };
  limit();
  child.stderr!.on('data', (part: Buffer) => {
    errors += part.toString();
  });
  const firstLine = new Promise<string | null>((resolve) => {
    child.stdout!.on('data', (part: Buffer) => {
      output += part.toString();
      if (!output.includes('\n')) return;
      if (isServer) clearTimeout(timer);
      resolve(output.slice(0, output.indexOf('\n')));
    });
    child.once('close', () => resolve(null));
  });
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, errors });
    });
  });
  return { child, firstLine, ended, limit };
}
