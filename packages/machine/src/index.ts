export type { Evidence, Verdict } from '@bluegreen/contract';
export { announce } from './announce.js';
export { refusal } from './commands.js';
export type {
  CompiledAnalysis,
  CompiledErrorRatio,
  CompiledGate,
  CompiledLatency,
  CompiledLimits,
  CompiledPolicy,
  CompiledStep,
  CompiledThreshold,
  CompiledWindows,
  Weekday,
} from './compiled-policy.js';
export type { Effect, HookEffect, JudgedService } from './effects.js';
export type { Announcement, CommandFact, Fact, Person, ReleaseEvent, StartedWrite, WriteResult } from './events.js';
export { isFact } from './events.js';
export { explain } from './explain.js';
export type { Explanation } from './explanation.js';
export { everyGate, gateById } from './gates.js';
export { hooksOf } from './hooks.js';
export { nextState } from './next-state.js';
export { checkPolicy, compilePolicy, parsePolicy } from './policy/check.js';
export { checkFit } from './policy/fit.js';
export { policyJsonSchema } from './policy/json-schema.js';
export type { AnyPolicy, Policy } from './policy/policy.js';
export { definePolicy } from './policy/policy.js';
export { movedPercent } from './raise.js';
export type { Opening, PlannedService, ReleasePlan } from './release-plan.js';
export { skipRole } from './skips.js';
export type {
  ActivePhase,
  EndPhase,
  GateState,
  HookMoment,
  HookState,
  Phase,
  ReleaseState,
  RollbackCause,
  ServiceState,
} from './state.js';
export { effectsFor, isEnd, wakeAt } from './wanted-effects.js';
