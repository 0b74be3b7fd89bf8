import {
  deploymentEnvironment,
  gatewayTraffic,
  type KubeConfigLike,
  type KubernetesCluster,
  kubernetesCluster,
  serviceTraffic,
} from '@bluegreen/kubernetes';

/** What a service is made of, so that any process can make its adapters. */
export interface SiteOptions {
  readonly namespace: string;
  readonly app: string;
  readonly router: 'service' | 'gateway';
  /** Both slots have an autoscaler, and the policy freezes them. */
  readonly isAutoscaled?: boolean;
}

/** For tests of faults: a request that got lost is given up soon. */
export function openCluster(kubeConfig: KubeConfigLike, watchSilence = '90s'): KubernetesCluster {
  return kubernetesCluster({ kubeConfig, name: 'e2e', watchSilence, requestTimeout: '2s' });
}

/** Faults that lose a request cost one of these each. */
const lostSoon = '1s';

/** The two adapters of a site. */
export function adaptersOf(cluster: KubernetesCluster, options: SiteOptions, writeTimeout = lostSoon) {
  const { namespace, app, isAutoscaled = false } = options;
  const names = { blue: `${app}-blue`, green: `${app}-green` };
  const environment = deploymentEnvironment({
    cluster,
    namespace,
    writeTimeout,
    deployments: names,
    ...(isAutoscaled ? { autoscalers: names } : {}),
    image: ({ version }) => `web:${version}`,
    url: (slot) => `http://${app}-${slot}.${namespace}`,
  });
  return { traffic: trafficOf(cluster, options, writeTimeout), environment };
}

export function trafficOf(
  cluster: KubernetesCluster,
  { namespace, app, router }: SiteOptions,
  writeTimeout: string = lostSoon,
) {
  const settings = { cluster, namespace, writeTimeout, settle: '0s' };
  if (router === 'service') return serviceTraffic({ ...settings, service: app, preview: `${app}-preview` });
  return gatewayTraffic({
    ...settings,
    route: app,
    services: { blue: `${app}-blue`, green: `${app}-green` },
    preview: { header: 'x-preview', equals: '1' },
  });
}
