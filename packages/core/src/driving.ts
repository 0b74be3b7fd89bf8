/** The parts of the runner, for those who drive releases in their own way: the simulator, and tests of crash safety. */

export type { AdapterPerformerOptions, Service } from './adapter-performer.js';
export { adapterPerformer } from './adapter-performer.js';
export type { AnalysisSignal, AnalysisVerdict, JudgeEffect, Readings, ServiceReadings } from './analysis.js';
export { judgeAnalysis, signalsOf, weighAnalysis, windowOf } from './analysis.js';
export { AnalysisMemory } from './analysis-memory.js';
export type { AsyncDriverOptions, DriveEnd } from './async-driver.js';
export { AsyncDriver } from './async-driver.js';
export type { Check } from './check.js';
export { checkPauseMs } from './effect-bound.js';
export type { EffectCall, Performer } from './effect-calls.js';
export { openingsOf } from './openings.js';
export type { Outcome } from './outcome.js';
export { factOf, failedOutcome } from './outcome.js';
export type { ReleaseOutcome } from './outcome-of.js';
export { outcomeOf } from './outcome-of.js';
export { foldRecords } from './read-journal.js';
export { reconcile } from './reconcile.js';
export type { Step } from './release-process.js';
export { ReleaseProcess } from './release-process.js';
export type { ReadEffect, Repeated, Rest } from './rest.js';
export type { SyncDriverOptions } from './sync-driver.js';
export { SyncDriver } from './sync-driver.js';
