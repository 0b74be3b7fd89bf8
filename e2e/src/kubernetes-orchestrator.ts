import { appendFileSync } from 'node:fs';
import { isBluegreenError } from '@bluegreen/contract';
import { createReleaser, fileJournal } from '@bluegreen/core';
import { KubeConfig } from '@kubernetes/client-node';
import { checks, policyFor } from './kubernetes/policies.js';
import { adaptersOf, openCluster, type SiteOptions } from './kubernetes/site.js';
import type { OrchestratorReport } from './orchestrator.js';
import { boundedJournal, boundedService } from './stage/boundaries.js';

/** What the parent tells a real orchestrator process, as JSON in its first argument. */
export interface KubernetesTask {
  readonly journal: string;
  readonly site: SiteOptions;
  readonly releaseId: string;
  readonly version: string;
  readonly leaseTtlMs: number;
  /** Kills itself with SIGKILL at this boundary; 0: never. */
  readonly killAt: number;
  /** Every boundary is noted here, so that the parent can count and name them. */
  readonly boundaryLog: string;
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
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  const cluster = openCluster(kubeConfig);
  const releaser = createReleaser({
    services: { web: boundedService(adaptersOf(cluster, task.site), boundary) },
    journal: boundedJournal(fileJournal(task.journal), boundary),
    leaseTtlMs: task.leaseTtlMs,
    checks,
  });
  process.stdout.write('started\n');
  await releaser.recover();
  try {
    const policy = policyFor(task.site.router);
    await releaser.start({ id: task.releaseId, versions: { web: task.version }, policy, requestedBy: 'e2e' });
  } catch (error) {
    if (!isBluegreenError(error) || error.code !== 'journal/lease-held') throw error;
  }
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

await main();
