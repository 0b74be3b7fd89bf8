import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { otherSlot, type Slot } from '@bluegreen/contract';
import type { AlbOrchestratorTask } from '../alb-orchestrator.js';
import { wrongEnd } from './releases.js';
import type { Shop } from './shop.js';

export interface CrashResult {
  readonly boundaries: number;
  readonly points: number;
  readonly converged: number;
  readonly problems: readonly string[];
}

const limitMs = 60_000;

const scenarios = [
  { end: 'promoted', version: (count: number) => `v${count}` },
  { end: 'rolled-back', version: (count: number) => `unwanted-${count}` },
] as const;

/** Kills a real orchestrator at boundaries spread over a release, and lets another one go on. */
export async function runCrashes(shop: Shop, most: number): Promise<CrashResult> {
  const folder = mkdtempSync(join(tmpdir(), 'alb-crashes-'));
  const problems: string[] = [];
  let [boundaries, points, converged, count] = [0, 0, 0, 0];
  let serving: Slot = 'blue';
  const task = (killAt: number, boundaryLog: string, version: string): AlbOrchestratorTask => {
    count += 1;
    return {
      shop: shop.plain,
      journal: join(folder, 'journal'),
      releaseId: `crash-${count}`,
      version,
      killAt,
      boundaryLog,
    };
  };
  try {
    for (const { end, version } of scenarios) {
      const ended = async (place: string, report: string | null): Promise<void> => {
        if (report === end && end === 'promoted') serving = otherSlot(serving);
        const wrong = report === end ? await wrongEnd(shop, serving) : `ended as ${report}`;
        if (wrong === null) converged += 1;
        else problems.push(`${place}: ${wrong}`);
      };
      const log = join(folder, 'boundaries.log');
      points += 1;
      await ended(`${end} without a crash`, await run(task(0, log, version(count))));
      const names = readFileSync(log, 'utf8').trim().split('\n');
      rmSync(log);
      boundaries += names.length;
      const step = names.length / most;
      for (let index = 0; index < most && problems.length < 5; index += 1) {
        const at = Math.min(names.length, 1 + Math.floor((index + 0.5) * step));
        points += 1;
        const crashing = task(at, '', version(count));
        await run(crashing);
        await ended(`${end} ${at}/${names.length} ${names[at - 1]}`, await run({ ...crashing, killAt: 0 }));
      }
    }
    return { boundaries, points, converged, problems };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How the release ended, as the process says it; `null` when it was killed, or failed. */
function run(task: AlbOrchestratorTask): Promise<string | null> {
  const script = fileURLToPath(new URL('./alb-orchestrator.js', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', script, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  let output = '';
  child.stdout.on('data', (part: Buffer) => {
    output += part.toString();
  });
  return new Promise((resolve) => {
    child.once('close', () => {
      clearTimeout(limit);
      resolve(/^ended (.+)$/m.exec(output)?.[1] ?? null);
    });
  });
}
