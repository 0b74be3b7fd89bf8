import type { Slot } from '@bluegreen/contract';
import { kubernetesCluster } from '@bluegreen/kubernetes';
import {
  autoscalerKind,
  autoscalerOf,
  deploymentOf,
  serviceOf,
  slotLabel,
  type TestNamespace,
  untilAvailable,
} from '../../../packages/kubernetes/src/control-plane.fixture.js';
import { routeKind, routeOf } from '../../../packages/kubernetes/src/gateway-controller.fixture.js';
import { type SiteOptions, trafficOf } from './adapters.js';

/** Pods per slot that serves. */
export const capacity = 2;
/** Of the autoscaler of a slot. */
export const ownLimits = { min: 2, max: 6 } as const;

/**
 * Makes what a user would have: two Deployments, of which blue serves v1, and a router that leads to it. The Services are
 * headless where there are many of them: a cluster has a bounded range of addresses, and its endpoints are the same without.
 */
export async function makeSite(
  namespace: TestNamespace,
  app: string,
  router: SiteOptions['router'],
  { isHeadless = false, isAutoscaled = false }: { readonly isHeadless?: boolean; readonly isAutoscaled?: boolean } = {},
): Promise<SiteOptions> {
  const address = isHeadless ? { clusterIP: 'None' } : {};
  const options = { namespace: namespace.name, app, router, isAutoscaled };
  await namespace.create('apps/v1/deployments', deploymentOf(app, 'blue', capacity));
  await namespace.create('apps/v1/deployments', deploymentOf(app, 'green', 0));
  for (const slot of ['blue', 'green']) {
    if (isAutoscaled)
      await namespace.create(autoscalerKind, autoscalerOf(`${app}-${slot}`, ownLimits.min, ownLimits.max));
    await namespace.create('services', serviceOf(`${app}-${slot}`, { app, [slotLabel]: slot }, address));
  }
  if (router === 'service') {
    for (const name of [app, `${app}-preview`]) await namespace.create('services', serviceOf(name, { app }, address));
  } else await namespace.create(routeKind, routeOf(app, `${app}-blue`));
  await untilAvailable(namespace, `${app}-blue`);
  const cluster = kubernetesCluster({ kubeConfig: namespace.kubeConfig });
  try {
    await trafficOf(cluster, options).setup({ adopt: 'blue' });
  } finally {
    cluster.close();
  }
  return options;
}

/** Which version each slot runs and who serves, read past the adapters. */
export async function readSite(namespace: TestNamespace, { app, router }: SiteOptions): Promise<SiteState> {
  const versions = {
    blue: await runningIn(namespace, `${app}-blue`),
    green: await runningIn(namespace, `${app}-green`),
  };
  if (router === 'service') {
    const { spec } = await namespace.get<{ spec: { selector: Record<string, string> } }>('services', app);
    return { versions, serving: spec.selector[slotLabel] as Slot };
  }
  const { spec } = await namespace.get<{ spec: { rules: Rule[] } }>(routeKind, app);
  const main = spec.rules.find(({ backendRefs = [] }) => backendRefs.length === 2)!;
  const serving = main.backendRefs!.filter(({ weight }) => weight > 0).map(({ name }) => name.slice(app.length + 1));
  return { versions, serving: serving.length === 1 ? (serving[0] as Slot) : null };
}

export interface SiteState {
  readonly versions: Readonly<Record<Slot, string | null>>;
  readonly serving: Slot | null;
}

interface Rule {
  readonly backendRefs?: readonly { readonly name: string; readonly weight: number }[];
}

interface DeploymentRead {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

async function runningIn(namespace: TestNamespace, name: string): Promise<string | null> {
  const { spec } = await namespace.get<DeploymentRead>('apps/v1/deployments', name);
  return spec.replicas === 0 ? null : spec.template.spec.containers[0]!.image.replace('web:', '');
}
