import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otherSlot } from '@bluegreen/contract';
import type { TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import type { KubernetesTask } from '../kubernetes-orchestrator.js';
import { crashAt, namePoints, spread } from '../stage/crashes.js';
import { leftAlone, type OrchestratorEnd } from '../stage/orchestrators.js';
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
  const next = (): KubernetesTask => {
    count += 1;
    const releaseId = `${site.app}-${count}`;
    const journal = join(directory, 'releases');
    const run = { account: null, bakeFor: '1ms' as const, leaseTtlMs: 2_000, ...leftAlone };
    return { journal, site, releaseId, versions: { web: versions(count) }, ...run };
  };
  try {
    const clean = next();
    const { points, end } = await namePoints(script, clean, join(directory, 'boundaries.log'));
    const problem = await wrongAfter(namespace, clean, end);
    if (problem !== null) figures.problems.push(`${site.app} without a crash: ${problem}`);
    for (const { at, name } of spread(points, most)) {
      figures.points += 1;
      const task = next();
      const crash = await crashAt(script, task, at);
      figures.recoveryMaxMs = Math.max(figures.recoveryMaxMs, Math.round(crash.end.report?.tookMs ?? 0));
      const wrong = await wrongAfter(namespace, task, crash.end);
      if (wrong === null) figures.converged += 1;
      else figures.problems.push(`${site.app}, killed at ${name}: ${wrong}`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  return figures;
}

const script = 'kubernetes-orchestrator';

async function wrongAfter(
  namespace: TestNamespace,
  { site, versions }: KubernetesTask,
  { report, problem }: OrchestratorEnd,
): Promise<string | null> {
  if (report === null) return `no report: ${problem}`;
  return wrongEnd(namespace, { site, version: versions.web! }, report.end, report.sentence);
}

/** The router and the slots are what the end says, whoever brought them there. */
export async function wrongEnd(
  namespace: TestNamespace,
  { site, version }: { readonly site: SiteOptions; readonly version: string },
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
