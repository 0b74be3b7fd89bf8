export { albEnvironment } from './alb-environment.js';
export type { AlbTraffic } from './alb-traffic.js';
export { albTraffic } from './alb-traffic.js';
export type { AlbClients } from './clients.js';
export { albClients } from './clients.js';
export { albErrors } from './error-codes.js';
export type {
  AlbAudience,
  AlbDeployRequest,
  AlbEnvironmentOptions,
  AlbPlace,
  AlbRetireRequest,
  AlbTarget,
  AlbTargetGroups,
  AlbTrafficOptions,
} from './options.js';
export type { ProbeAnswer, ProbeOptions } from './probe-settings.js';
