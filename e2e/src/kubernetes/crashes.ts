import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otherSlot } from '@bluegreen/contract';
import type { TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import type { KubernetesTask } from '../kubernetes-orchestrator.js';
import { startOrchestrator } from '../stage/orchestrators.js';
import type { SiteOptions } from './adapters.js';
import { isWanted } from './policies.js';
import { readSite } from './site.js';

export interface CrashFigures {
  points: number;
  converged: number;
  recoveryMaxMs: number;
  readonly problems: string[];
}

/** Kills a real process at boundaries of whole releases, and lets another one take each to its end. */
export async function crashAtBoundaries(
  namespace: TestNamespace,
  site: SiteOptions,
  { versions, most }: { readonly versions: (count: number) => string; readonly most: number },
): Promise<CrashFigures> {
  const figures: CrashFigures = { points: 0, converged: 0, recoveryMaxMs: 0, problems: [] };
  const directory = mkdtempSync(join(tmpdir(), 'bluegreen-kubernetes-'));
  let count = 0;
  const next = (killAt: number, boundaryLog = ''): KubernetesTask => {
    count += 1;
    const version = versions(count);
    const releaseId = `${site.app}-${count}`;
    const journal = join(directory, 'releases');
    const run = { leaseTtlMs: 2_000, killAt, boundaryLog, bakeFor: '1ms' as const, follow: false };
    return { journal, site, account: null, releaseId, version, ...run };
  };
  try {
    const log = join(directory, 'boundaries.log');
    const clean = next(0, log);
    const problem = await follow(namespace, clean, figures);
    if (problem !== null) figures.problems.push(`${site.app} without a crash: ${problem}`);
    const names = readFileSync(log, 'utf8').trim().split('\n');
    const step = most > 0 ? Math.max(1, names.length / most) : 1;
    for (let at = 1; at <= names.length; at = Math.max(at + 1, Math.round(at + step))) {
      figures.points += 1;
      const task = next(at);
      const killed = await startOrchestrator(task, 'kubernetes-orchestrator').ended;
      const wrong = killed.problem ?? (await follow(namespace, { ...task, killAt: 0 }, figures));
      if (wrong === null) figures.converged += 1;
      else figures.problems.push(`${site.app}, killed at ${names[at - 1]} of ${names.length}: ${wrong}`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  return figures;
}

/** Runs or goes on with a release to its end. Answers what is wrong then. */
async function follow(namespace: TestNamespace, task: KubernetesTask, figures: CrashFigures): Promise<string | null> {
  const { report, problem } = await startOrchestrator(task, 'kubernetes-orchestrator').ended;
  if (report === null) return `no report: ${problem}`;
  figures.recoveryMaxMs = Math.max(figures.recoveryMaxMs, Math.round(report.tookMs));
  return wrongEnd(namespace, task, report.end, report.sentence);
}

/** The router and the slots are what the end says, whoever brought them there. */
export async function wrongEnd(
  namespace: TestNamespace,
  { site, version }: Pick<KubernetesTask, 'site' | 'version'>,
  end: string,
  sentence: string,
): Promise<string | null> {
  const expected = isWanted(version) ? 'promoted' : 'rolled-back';
  if (end !== expected) return `ended ${end}: ${sentence}`;
  const { versions, serving } = await readSite(namespace, site);
  if (serving === null) return 'both slots serve';
  if ((versions[serving] === version) !== (expected === 'promoted')) return `${serving} serves ${versions[serving]}`;
  const left = versions[otherSlot(serving)];
  return left === null ? null : `${otherSlot(serving)} still runs ${left}`;
}
