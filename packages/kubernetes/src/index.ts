export type { Right } from './access.js';
export type { ClusterOptions, KubernetesCluster } from './cluster.js';
export { kubernetesCluster } from './cluster.js';
export type { CommonOptions, RouterOptions } from './common-options.js';
export type { DeploymentEnvironment } from './deployment-environment.js';
export { deploymentEnvironment } from './deployment-environment.js';
export type {
  DeploymentEnvironmentOptions,
  DeploymentTemplate,
  ImageRequest,
  WorkerOptions,
} from './deployment-options.js';
export { kubernetesErrors } from './error-codes.js';
export type { GatewayTrafficOptions } from './gateway-options.js';
export type { GatewayTraffic } from './gateway-traffic.js';
export { gatewayTraffic } from './gateway-traffic.js';
export type { KubeConfigLike } from './kube-config.js';
export type { PermissionManifest, PermissionOptions } from './permissions.js';
export { permissions } from './permissions.js';
export type { ServiceAccountOptions } from './service-account.js';
export { serviceAccount } from './service-account.js';
export type { ServiceTrafficOptions } from './service-options.js';
export type { ServiceTraffic } from './service-traffic.js';
export { serviceTraffic } from './service-traffic.js';
