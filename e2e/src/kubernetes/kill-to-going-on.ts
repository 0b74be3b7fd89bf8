import { join } from 'node:path';
import type { TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import type { KubernetesTask } from '../kubernetes-orchestrator.js';
import { startOrchestrator } from '../stage/orchestrators.js';
import { withJournal } from './journal-directory.js';
import { quantile } from './quantiles.js';
import { makeSite } from './site.js';

interface Stamped {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
}

/** From kill -9 of the process to the first write of the next one: the stamp of its epoch on the Service. */
export function killToGoingOn(namespace: TestNamespace, kills: number) {
  return withJournal(async (journal) => {
    const site = await makeSite(namespace, 'killed', 'service');
    const took: number[] = [];
    const stamp = async () => {
      const { metadata } = await namespace.get<Stamped>('services', site.app);
      return Number(metadata.annotations['bluegreen.dev/stamp']!.split('.')[0]);
    };
    for (let round = 1; round <= kills; round += 1) {
      const before = await stamp();
      const task: KubernetesTask = {
        journal: join(journal, 'releases'),
        site,
        releaseId: `killed-${round}`,
        version: `v${round + 1}`,
        leaseTtlMs: 15_000,
        killAt: 0,
        boundaryLog: '',
      };
      const first = startOrchestrator(task, 'kubernetes-orchestrator');
      await namespace.until('it has begun', async () => (await stamp()) > before);
      const claimed = await stamp();
      first.child.kill('SIGKILL');
      const killedAt = performance.now();
      const second = startOrchestrator(task, 'kubernetes-orchestrator');
      await namespace.until('the next one goes on', async () => (await stamp()) > claimed);
      took.push(performance.now() - killedAt);
      await Promise.all([first.ended, second.ended]);
    }
    return { killToGoingOnP50Ms: quantile(took, 0.5), killToGoingOnMaxMs: quantile(took, 1) };
  });
}
