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
}

/** For tests of faults: a request that got lost is given up soon. */
export function openCluster(kubeConfig: KubeConfigLike, watchSilence = '90s'): KubernetesCluster {
  return kubernetesCluster({ kubeConfig, name: 'e2e', watchSilence, requestTimeout: '2s' });
}

/** The two adapters of a site. */
export function adaptersOf(cluster: KubernetesCluster, options: SiteOptions) {
  const { namespace, app } = options;
  const environment = deploymentEnvironment({
    ...common(cluster, namespace),
    deployments: { blue: `${app}-blue`, green: `${app}-green` },
    image: ({ version }) => `web:${version}`,
    url: (slot) => `http://${app}-${slot}.${namespace}`,
  });
  return { traffic: trafficOf(cluster, options), environment };
}

export function trafficOf(cluster: KubernetesCluster, { namespace, app, router }: SiteOptions) {
  const settings = { ...common(cluster, namespace), settle: '0s' };
  if (router === 'service') return serviceTraffic({ ...settings, service: app, preview: `${app}-preview` });
  return gatewayTraffic({
    ...settings,
    route: app,
    services: { blue: `${app}-blue`, green: `${app}-green` },
    preview: { header: 'x-preview', equals: '1' },
  });
}

function common(cluster: KubernetesCluster, namespace: string) {
  // Faults that lose a request cost one of these each.
  return { cluster, namespace, writeTimeout: '1s' };
}
