import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Slot } from '@bluegreen/contract';

/** The worker process of one slot, running. */
export async function startWorker(slot: Slot, port: number): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./queue-worker.js', import.meta.url));
  const child = spawn(process.execPath, [script, slot, String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise<void>((resolve) => child.stdout!.once('data', () => resolve()));
  return child;
}
