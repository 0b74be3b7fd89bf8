import { appendFileSync } from 'node:fs';
import { isBluegreenError } from '@bluegreen/contract';
import {
  createReleaser,
  fileJournal,
  type Policy,
  type Releaser,
  type ReleaserOptions,
  type Service,
} from '@bluegreen/core';
import { type Boundary, boundedJournal, boundedService } from './boundaries.js';

/**
 * Where a process dies: at the boundary `change` of those that change something, or at boundary `read` of the reads that
 * follow it. Two runs of one release do not read the same number of times, so reads are counted anew after each change.
 */
export interface CrashPoint {
  readonly change: number;
  /** 0: at the change itself. */
  readonly read: number;
}

/** What the parent tells a real orchestrator process, as JSON in its first argument. */
export interface OrchestratorTask {
  /** The directory of the journal that all of them share. */
  readonly journal: string;
  readonly releaseId: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly leaseTtlMs: number;
  /** Where it kills itself with SIGKILL; `null`: nowhere. */
  readonly killAt: CrashPoint | null;
  /** Every boundary is noted here, so that the parent can count and name them; `''`: nowhere. */
  readonly boundaryLog: string;
  /** Drives what nobody drives until its release is over, instead of starting it. */
  readonly follow: boolean;
}

/** One line on stdout says how it ended. */
export interface OrchestratorReport {
  readonly end: string;
  readonly sentence: string;
  readonly tookMs: number;
}

/** What differs from one orchestrator to another. */
export interface Orchestrated<Check extends string>
  extends Omit<ReleaserOptions<Check>, 'journal' | 'leaseTtlMs' | 'services'> {
  readonly services: Readonly<Record<string, Service>>;
  readonly policy: Policy<Check>;
}

export function readTask<Task extends OrchestratorTask>(): Task {
  return JSON.parse(process.argv[2]!) as Task;
}

/** Takes a release to its end and reports how that was, or kills itself on the way. `make` may add boundaries of its own. */
export async function orchestrate<Check extends string>(
  task: OrchestratorTask,
  make: (boundary: Boundary) => Orchestrated<Check>,
): Promise<void> {
  const startedAt = performance.now();
  const boundary = boundaryOf(task);
  const { services, policy, ...options } = make(boundary);
  const bounded = Object.entries(services).map(([name, service]) => [name, boundedService(name, service, boundary)]);
  const releaser = createReleaser<Check>({
    ...options,
    services: Object.fromEntries(bounded),
    journal: boundedJournal(fileJournal(task.journal), boundary),
    leaseTtlMs: task.leaseTtlMs,
  } as ReleaserOptions<Check>);
  process.once('SIGTERM', () => void releaser.close().then(() => process.exit(0)));
  if (!task.follow) process.stdout.write('started\n');
  await drive(releaser, task, policy);
  const release = await releaser.get(task.releaseId);
  for await (const event of release) {
    if (event.type !== 'release-finished') continue;
    const { sentence } = await release.explain();
    const report: OrchestratorReport = { end: event.end, sentence, tookMs: performance.now() - startedAt };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  await releaser.close();
}

function boundaryOf({ boundaryLog, killAt }: OrchestratorTask): Boundary {
  const passed = { change: 0, read: 0 };
  return (name, kind = 'change') => {
    if (boundaryLog !== '') appendFileSync(boundaryLog, `${kind} ${name}\n`);
    passed.read = kind === 'read' ? passed.read + 1 : 0;
    if (kind === 'change') passed.change++;
    if (killAt === null || passed.change < killAt.change) return;
    // With fewer reads than there were, at the change that comes after them.
    if (passed.change > killAt.change || passed.read >= killAt.read) process.kill(process.pid, 'SIGKILL');
  };
}

/** Takes over what is unfinished; starts the release where it does not exist yet, because its request was lost. */
async function drive<Check extends string>(
  releaser: Releaser<Check>,
  { follow, releaseId: id, versions }: OrchestratorTask,
  policy: Policy<Check>,
): Promise<void> {
  if (follow) {
    await releaser.recover({ follow: true });
    // A standby has looked once, and waits.
    process.stdout.write('started\n');
    return;
  }
  await releaser.recover();
  try {
    await releaser.start({ id, versions, policy, requestedBy: 'e2e' });
  } catch (error) {
    if (!isBluegreenError(error) || error.code !== 'journal/lease-held') throw error;
  }
}
