import { createReleaser, fileJournal, type Policy, type Releaser } from '@bluegreen/core';
import type { KubeConfigLike } from '@bluegreen/kubernetes';
import { adaptersOf, openCluster, type SiteOptions } from './adapters.js';
import { type CheckName, checks, policyFor } from './policies.js';

/** A releaser of one site, with a journal of its own. */
export interface Run {
  readonly releaser: Releaser<CheckName>;
  /** Runs one release to its end. */
  release(version: string, more?: Partial<Policy<CheckName>>): Promise<RunEnd>;
  close(): Promise<void>;
}

export interface RunEnd {
  readonly id: string;
  readonly end: string;
  readonly sentence: string;
  readonly tookMs: number;
}

/** `journal`: one for all runs of a site, or the epochs of its stamps would begin anew. */
export function openRun(kubeConfig: KubeConfigLike, site: SiteOptions, journal: string, watchSilence?: string): Run {
  const cluster = openCluster(kubeConfig, watchSilence);
  const releaser = createReleaser<CheckName>({
    services: { web: adaptersOf(cluster, site) },
    journal: fileJournal(journal),
    checks,
  });
  return {
    releaser,
    async release(version, more) {
      const startedAt = performance.now();
      const policy = policyFor(site, more);
      const release = await releaser.start({
        versions: { web: version },
        policy,
        requestedBy: 'e2e',
        supersede: 'queue',
      });
      const event = await release.until('release-finished');
      const { sentence } = await release.explain();
      return { id: release.id, end: event?.end ?? 'none', sentence, tookMs: performance.now() - startedAt };
    },
    async close() {
      await releaser.close();
      cluster.close();
    },
  };
}
