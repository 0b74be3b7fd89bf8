export type { LoggedWrite, Platform } from './platform.js';
export { startPlatform } from './platform.js';
export { platformEnvironment } from './platform-environment.js';
export { platformTraffic } from './platform-traffic.js';
export { deployTo, type StoredSlot, slotPath } from './slot-document.js';
