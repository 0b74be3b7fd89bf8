import { type EnvironmentAdapter, environmentCapabilities } from '@bluegreen/contract';
import type { Right } from './access.js';
import { convergeDeployment } from './deployment-converge.js';
import { observeDeployment } from './deployment-observe.js';
import { type DeploymentEnvironmentOptions, readDeploymentOptions } from './deployment-options.js';
import { deploymentRights, preflightDeployments } from './deployment-preflight.js';

/** Environments made of two Deployments. */
export interface DeploymentEnvironment extends EnvironmentAdapter {
  /** What it needs to be allowed, for `permissions`. */
  readonly rights: readonly Right[];
}

/**
 * Two Deployments as the two slots of a service. Each release makes pods of its own, also with an image that was
 * deployed before; a slot is retired by having no pods, so going back needs no manifest.
 *
 * @throws `kubernetes/options-invalid` when an option cannot be used
 */
export function deploymentEnvironment(options: DeploymentEnvironmentOptions): DeploymentEnvironment {
  const settings = readDeploymentOptions(options);
  const { cluster, namespace, deployments, lateWriteMs } = settings;
  return {
    contractVersion: 1,
    name: 'kubernetes-deployments',
    resource: `kubernetes:${cluster.name}/${namespace}/deployments/${deployments.blue}+${deployments.green}`,
    capabilities: environmentCapabilities({
      fencing: 'enforced',
      autoscaling: settings.autoscalers !== null,
      workers: settings.workers !== null,
      capacity: true,
      lateWriteMs,
    }),
    rights: deploymentRights(settings),
    preflight: (needs, call) => preflightDeployments(settings, needs, call),
    observe: (slot, call) => observeDeployment(settings, slot, call),
    converge: (target, call) => convergeDeployment(settings, target, call),
  };
}
