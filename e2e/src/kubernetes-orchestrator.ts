import { appendFileSync } from 'node:fs';
import { isBluegreenError } from '@bluegreen/contract';
import { createReleaser, fileJournal, type Policy, type Releaser } from '@bluegreen/core';
import { type KubeConfigLike, type ServiceAccountOptions, serviceAccount } from '@bluegreen/kubernetes';
import { adaptersOf, openCluster, type SiteOptions } from './kubernetes/adapters.js';
import { type CheckName, checks, policyFor } from './kubernetes/policies.js';
import type { OrchestratorReport } from './orchestrator.js';
import { boundedJournal, boundedService } from './stage/boundaries.js';

/** What the parent tells a real orchestrator process, as JSON in its first argument. */
export interface KubernetesTask {
  readonly journal: string;
  readonly site: SiteOptions;
  /** As a pod finds it; `null`: by the kubeconfig of the environment, which loads a large library. */
  readonly account: ServiceAccountOptions | null;
  readonly releaseId: string;
  readonly version: string;
  readonly leaseTtlMs: number;
  /** Kills itself with SIGKILL at this boundary; 0: never. */
  readonly killAt: number;
  /** Every boundary is noted here, so that the parent can count and name them. */
  readonly boundaryLog: string;
  /** How long it bakes. */
  readonly bakeFor: NonNullable<Policy['bake']>['for'];
  /** Drives what nobody drives, as a standby, and starts nothing. */
  readonly follow: boolean;
}

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2]!) as KubernetesTask;
  const startedAt = performance.now();
  let count = 0;
  const boundary = (name: string): void => {
    count++;
    if (task.boundaryLog !== '') appendFileSync(task.boundaryLog, `${count} ${name}\n`);
    if (count === task.killAt) process.kill(process.pid, 'SIGKILL');
  };
  const cluster = openCluster(task.account === null ? await kubeConfigOfUser() : serviceAccount(task.account));
  const releaser = createReleaser({
    services: { web: boundedService(adaptersOf(cluster, task.site), boundary) },
    journal: boundedJournal(fileJournal(task.journal), boundary),
    leaseTtlMs: task.leaseTtlMs,
    checks,
  });
  if (!task.follow) process.stdout.write('started\n');
  await releaser.recover({ follow: task.follow });
  // A standby has looked once, and waits.
  if (task.follow) process.stdout.write('started\n');
  else await startUnlessDriven(releaser, task);
  const release = await releaser.get(task.releaseId);
  for await (const event of release) {
    if (event.type !== 'release-finished') continue;
    const { sentence } = await release.explain();
    const report: OrchestratorReport = { end: event.end, sentence, tookMs: performance.now() - startedAt };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  await releaser.close();
  cluster.close();
}

async function startUnlessDriven(releaser: Releaser<CheckName>, { site, releaseId, version, bakeFor }: KubernetesTask) {
  const bake = { for: bakeFor, gates: [{ check: 'wanted' }] } as const;
  const policy = policyFor(site.router, { bake });
  try {
    await releaser.start({ id: releaseId, versions: { web: version }, policy, requestedBy: 'e2e' });
  } catch (error) {
    if (!isBluegreenError(error) || error.code !== 'journal/lease-held') throw error;
  }
}

async function kubeConfigOfUser(): Promise<KubeConfigLike> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  return kubeConfig;
}

await main();
