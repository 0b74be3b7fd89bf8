import { readFileSync, rmSync } from 'node:fs';
import type { CrashPoint, OrchestratorTask } from './orchestrate.js';
import { type OrchestratorEnd, type Script, startOrchestrator } from './orchestrators.js';

/** Where a release can be killed, and what is done there. */
export interface NamedPoint {
  readonly at: CrashPoint;
  readonly name: string;
}

/** Runs a release that is left alone, and names the points at which it can be killed. */
export async function namePoints(
  script: Script,
  task: OrchestratorTask,
  boundaryLog: string,
): Promise<{ readonly boundaries: number; readonly points: readonly NamedPoint[]; readonly end: OrchestratorEnd }> {
  const end = await startOrchestrator(script, { ...task, killAt: null, boundaryLog }).ended;
  const lines = readFileSync(boundaryLog, 'utf8').trim().split('\n');
  rmSync(boundaryLog);
  return { boundaries: lines.length, points: pointsOf(lines), end };
}

/**
 * Every boundary of a change, and one in the middle of the reads between two of them: a read leaves nothing behind, so
 * whoever comes after finds the same at each boundary of such a row.
 */
function pointsOf(lines: readonly string[]): readonly NamedPoint[] {
  const points: NamedPoint[] = [];
  let change = 0;
  let reads: string[] = [];
  const endReads = (): void => {
    const read = Math.ceil(reads.length / 2);
    if (read > 0) points.push({ at: { change, read }, name: reads[read - 1]! });
    reads = [];
  };
  for (const line of lines) {
    const [kind, name] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    if (kind === 'read') {
      reads.push(name);
      continue;
    }
    endReads();
    change++;
    points.push({ at: { change, read: 0 }, name });
  }
  endReads();
  return points;
}

/** One that is killed at a boundary, and another one that takes the release to its end. */
export interface Crash {
  /** False where it ended before it came so far, by itself: two runs do not poll the same number of times. */
  readonly wasKilled: boolean;
  readonly end: OrchestratorEnd;
  /** From the start of the second process to its end. */
  readonly recoveryMs: number;
}

export async function crashAt(script: Script, task: OrchestratorTask, killAt: CrashPoint): Promise<Crash> {
  const first = await startOrchestrator(script, { ...task, killAt }).ended;
  const startedAt = performance.now();
  const second = await startOrchestrator(script, { ...task, killAt: null }).ended;
  return {
    wasKilled: first.signal === 'SIGKILL',
    // One that failed before it was killed is no good end, whatever the other one made of it.
    end: first.problem === null ? second : { ...second, report: null, problem: first.problem },
    recoveryMs: Math.round(performance.now() - startedAt),
  };
}

/** At most `most` of them, evenly spread; all with 0. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (most <= 0 || most >= all.length) return all;
  return Array.from({ length: most }, (_, at) => all[Math.floor((at * all.length) / most)]!);
}
