export type { ClusterOptions, KubernetesCluster } from './cluster.js';
export { kubernetesCluster } from './cluster.js';
export type { CommonOptions, RouterOptions } from './common-options.js';
export { kubernetesErrors } from './error-codes.js';
export type { KubeConfigLike } from './kube-config.js';
export type { ServiceTrafficOptions } from './service-options.js';
export type { ServiceTraffic } from './service-traffic.js';
export { serviceTraffic } from './service-traffic.js';
