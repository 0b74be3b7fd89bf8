export type { BacktestOptions, BacktestRun } from './backtest/backtest.js';
export { backtest } from './backtest/backtest.js';
export type { BacktestShare, BacktestTable, Outcomes } from './backtest/backtest-all.js';
export { backtestAll } from './backtest/backtest-all.js';
export { recordingOfJournal } from './backtest/journal-recording.js';
export { printBacktest } from './backtest/print-backtest.js';
export type { CellOptions, PrometheusRange } from './backtest/read-recording.js';
export {
  recordFrom,
  recordingOf,
  recordingOfCsv,
  recordingOfPrometheus,
} from './backtest/read-recording.js';
export type { RecordedCell, RecordedCounts, Recording } from './backtest/recording.js';
export type { Sweep, SweptPolicy } from './backtest/sweep.js';
export { sweepPolicy } from './backtest/sweep.js';
export type { VirtualClock } from './clock/virtual-clock.js';
export { createVirtualClock } from './clock/virtual-clock.js';
export type { CompareOptions, Progress } from './compare/compare.js';
export { compare } from './compare/compare.js';
export type { Comparison, Figures, MixedFigures } from './compare/comparison.js';
export { figuresOf, mixedFigures } from './compare/comparison.js';
export { mergeComparisons } from './compare/merge.js';
export { comparisonCsv, printComparison } from './compare/print-comparison.js';
export type { Decision, Requirement } from './compare/requirement.js';
export type { Estimate } from './compare/value-counts.js';
export { simulatorErrors } from './error-codes.js';
export { assertRun } from './expect/assert-run.js';
export type { Expectation } from './expect/expectation.js';
export {
  detectedWithin,
  doubleRunningAtMost,
  exposedAtMost,
  failedRequestsBelow,
  keptOldUntil,
  keptPromises,
  neverRoutedToUnready,
} from './expect/harm.js';
export type { RolledBackOptions } from './expect/outcomes.js';
export { notPromoted, promoted, rolledBack, stuck, waitedForApproval } from './expect/outcomes.js';
export { printRun } from './expect/print-run.js';
export type { PlannedFault } from './faults/fault-plan.js';
export type { RunCost } from './result/cost.js';
export type { UserImpact } from './result/impact.js';
export type { SimulatedRun } from './result/simulated-run.js';
export type { Timeline } from './result/timeline.js';
export type { SimulateOptions } from './run/setting.js';
export { simulate } from './run/simulate.js';
export { simulateAsync } from './run/simulate-async.js';
export type { TrafficRate } from './run/traffic-rate.js';
export type { Weighed } from './scenarios/prior.js';
export { prior } from './scenarios/prior.js';
export type { Scenario, ScenarioWorld } from './scenarios/scenario.js';
export { missed, runScenario } from './scenarios/scenario.js';
export type { VersionBehaviour } from './world/behaviour.js';
export { crashing, errors, flapping, healthy, neverReady } from './world/behaviour.js';
export type { World } from './world/create-world.js';
export { createWorld } from './world/create-world.js';
export type { Violation } from './world/invariants.js';
export { violationsOf } from './world/invariants.js';
export type { Answering, Conditions, VersionEffect } from './world/models/effects.js';
export {
  badMigration,
  behaves,
  bug,
  clusteredErrors,
  coldCache,
  coldStart,
  combined,
  dailyWindow,
  dependencyCalls,
  leaking,
  limitedCapacity,
  slower,
  slowTail,
} from './world/models/versions.js';
export type {
  LingeringOptions,
  MetricsOptions,
  PeopleOptions,
  RouterOptions,
  ServiceOptions,
  TrafficOptions,
  UserGroup,
  WorldOptions,
} from './world/world-options.js';
