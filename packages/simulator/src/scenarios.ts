export { incidentPack, presets, scenarioNamed } from './scenarios/catalogue.js';
export {
  activeDies,
  autoscalerInterferes,
  badWhileWaiting,
  candidateDies,
  checkHangs,
  crashLoop,
  emptyMetrics,
  foreignEdit,
  metricsNotANumber,
  nobodyApproves,
  rightsRevoked,
  routerRestarts,
  routingVanishes,
  silentRouter,
  slowRegistration,
} from './scenarios/incidents-around.js';
export {
  acceptedAndIgnored,
  acceptedAndLate,
  lateWrite,
  providerOutage,
  replyLost,
  staleReads,
  throttled,
} from './scenarios/incidents-in-calls.js';
export type { Weighed } from './scenarios/prior.js';
export { prior } from './scenarios/prior.js';
export {
  controllerCrash,
  controllerCrashBad,
  metricsBlackout,
  partialWeight,
  poorMetrics,
  rollbackFails,
} from './scenarios/provider.js';
export type { Scenario, ScenarioNeed, ScenarioWorld } from './scenarios/scenario.js';
export { missed, runScenario } from './scenarios/scenario.js';
export {
  backgroundIncident,
  badMigrationScenario,
  capacityCliff,
  cohortBug,
  coldCacheStampede,
  dependencyAmplifier,
  diurnalDouble,
  endpointBug,
  lowTrafficNight,
  midnightBug,
  slowResolvers,
  stickyUsers,
} from './scenarios/surroundings.js';
export {
  coldGood,
  crashOnBoot,
  doubleErrors,
  flapping,
  flat5pct,
  healthyRelease,
  lateOnset,
  leak4h,
  noisyBursts,
  slow25pct,
  tailOnly,
  totalFailure,
} from './scenarios/versions.js';
