import type { Policy } from '@bluegreen/core';
import { type KubeConfigLike, type ServiceAccountOptions, serviceAccount } from '@bluegreen/kubernetes';
import { adaptersOf, openCluster, type SiteOptions } from './kubernetes/adapters.js';
import { checks, policyFor } from './kubernetes/policies.js';
import { type OrchestratorTask, orchestrate, readTask } from './stage/orchestrate.js';

/** One service on a control plane. */
export interface KubernetesTask extends OrchestratorTask {
  readonly site: SiteOptions;
  /** As a pod finds it; `null`: by the kubeconfig of the environment, which loads a large library. */
  readonly account: ServiceAccountOptions | null;
  /** How long it bakes. */
  readonly bakeFor: NonNullable<Policy['bake']>['for'];
}

async function kubeConfigOfUser(): Promise<KubeConfigLike> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  return kubeConfig;
}

const task = readTask<KubernetesTask>();
const cluster = openCluster(task.account === null ? await kubeConfigOfUser() : serviceAccount(task.account));

await orchestrate(task, () => ({
  services: { web: adaptersOf(cluster, task.site) },
  policy: policyFor(task.site, { bake: { for: task.bakeFor, gates: [{ check: 'wanted' }] } }),
  checks,
}));
cluster.close();
