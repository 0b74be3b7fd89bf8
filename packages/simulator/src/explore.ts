export type { Exploration, ExploredFailure } from './run/explore.js';
export { explore, printExploration } from './run/explore.js';
export { exploreSchedules } from './run/explore-schedules.js';
export type { Schedules } from './run/schedules.js';
export type { SimulateOptions } from './run/setting.js';
export type { Trouble } from './run/trouble.js';
