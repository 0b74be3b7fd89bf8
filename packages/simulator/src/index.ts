export { immediatePump, nextTickPump, type Pump } from './clock/pump.js';
export { createVirtualClock, type Until, type VirtualClock, type VirtualClockOptions } from './clock/virtual-clock.js';
export { faultCatalogue, faultsOf, worldFaults } from './faults/catalogue.js';
export type {
  AtCall,
  AtTime,
  CallFault,
  Landing,
  Operation,
  PlannedFault,
  RoutingPart,
  SlotRole,
  WorldFault,
} from './faults/fault-plan.js';
export { binomial } from './random/binomial.js';
export { type KeyedStreams, keyedStreams, type StreamKey } from './random/keyed-streams.js';
export { poisson } from './random/poisson.js';
export { type SimulatorErrorCode, simulatorErrors } from './simulator-errors.js';
export { crashing, errors, flapping, healthy, neverReady, type VersionBehaviour } from './world/behaviour.js';
export type { CheckArguments, CheckResult } from './world/check-operation.js';
export { createWorld, type World } from './world/create-world.js';
export type { ConvergeArguments, ConvergeOptions } from './world/environment-operations.js';
export { type Expectations, type Violation, violationsOf } from './world/invariants.js';
export type {
  CallRecord,
  DeploymentRecord,
  FaultRecord,
  IrreversibleRecord,
  Ledger,
  PlaceRecord,
  ReadinessRecord,
  RoutingRecord,
  ServiceTotals,
  SlotTotals,
} from './world/ledger.js';
export type { MetricsArguments } from './world/metrics-operation.js';
export type { Abort, Confirm, Done, Reply } from './world/operation.js';
export type { Operations } from './world/operations.js';
export type { ReachPart } from './world/reach.js';
export type { RouteArguments, WriteOptions } from './world/traffic-operations.js';
export type { CallerOptions } from './world/world-core.js';
export type {
  EnvironmentOptions,
  MetricsOptions,
  RouterOptions,
  ServiceOptions,
  StartOptions,
  TrafficOptions,
  WorldOptions,
} from './world/world-options.js';
