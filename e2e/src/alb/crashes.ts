import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otherSlot, type Slot } from '@bluegreen/contract';
import type { AlbTask } from '../alb-orchestrator.js';
import { crashAt, namePoints, spread } from '../stage/crashes.js';
import { leftAlone, type OrchestratorEnd, wrongReport } from '../stage/orchestrators.js';
import { wrongEnd } from './releases.js';
import type { Shop } from './shop.js';

export interface CrashResult {
  readonly boundaries: number;
  readonly points: number;
  readonly converged: number;
  readonly problems: readonly string[];
}

const script = 'alb-orchestrator';

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
  const task = (version: (count: number) => string): AlbTask => {
    count += 1;
    const versions = { shop: version(count) };
    const journal = join(folder, 'journal');
    return { shop: shop.plain, journal, releaseId: `crash-${count}`, versions, leaseTtlMs: 1_000, ...leftAlone };
  };
  try {
    for (const { end, version } of scenarios) {
      const ended = async (place: string, process: OrchestratorEnd): Promise<void> => {
        if (process.report?.end === 'promoted') serving = otherSlot(serving);
        const wrong = wrongReport(process, end) ?? (await wrongEnd(shop, serving));
        if (wrong === null) converged += 1;
        else problems.push(`${place}: ${wrong}`);
      };
      points += 1;
      const clean = await namePoints(script, task(version), join(folder, 'boundaries.log'));
      await ended(`${end} without a crash`, clean.end);
      boundaries += clean.boundaries;
      for (const { at, name } of spread(clean.points, most)) {
        if (problems.length >= 5) break;
        points += 1;
        const crash = await crashAt(script, task(version), at);
        await ended(`${end} killed at ${name}`, crash.end);
      }
    }
    return { boundaries, points, converged, problems };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
