import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Slot } from '@bluegreen/contract';
import type { WorkersTask } from '../workers-orchestrator.js';

/** Longer than any of these releases takes: a process that lasts longer hangs, and that is a failure. */
const limitMs = 60_000;

/** The worker process of one slot, running. */
export async function startWorker(slot: Slot, port: number): Promise<ChildProcess> {
  const child = start('./queue-worker.js', [slot, String(port)]);
  await new Promise<void>((resolve) => child.stdout!.once('data', () => resolve()));
  return child;
}

/** Runs an orchestrator to its end: how its release ended, or `null` when it was killed. */
export function runOrchestrator(task: WorkersTask): Promise<string | null> {
  const child = start('./workers-orchestrator.js', [JSON.stringify(task)]);
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  let output = '';
  let errors = '';
  child.stdout!.on('data', (part: Buffer) => {
    output += part.toString();
  });
  child.stderr!.on('data', (part: Buffer) => {
    errors += part.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('close', (status, signal) => {
      clearTimeout(limit);
      if (signal === null && status !== 0) return reject(new Error(errors.slice(-800)));
      const last = output.trim().split('\n').at(-1) ?? '';
      resolve(last.startsWith('{') ? (JSON.parse(last) as { end: string }).end : null);
    });
  });
}

function start(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}
