import type {
  EnvironmentObservation,
  LatencyReading,
  MetricReading,
  Slot,
  TrafficObservation,
} from '@bluegreen/contract';
import { type CheckArguments, type CheckResult, check } from './check-operation.js';
import {
  type ConvergeArguments,
  type ConvergeOptions,
  converge,
  observeEnvironment,
} from './environment-operations.js';
import { type MetricsArguments, readLatency, readMetrics } from './metrics-operation.js';
import type { Abort, Done } from './operation.js';
import { observeRouting, type RouteArguments, route, type WriteOptions } from './traffic-operations.js';
import type { CallerOptions, WorldCore } from './world-core.js';

/**
 * Everything an orchestrator can ask of the world, with callbacks. The adapters are these functions with promises
 * around them, so a run driven either way has the same history. `done` is called once, from a timer of its own;
 * the answer is the function that aborts the call.
 * @throws `simulator/service-unknown`
 */
export interface Operations {
  route(args: RouteArguments, call: WriteOptions, done: Done<void>): Abort;
  observeRouting(args: { readonly service: string }, call: CallerOptions, done: Done<TrafficObservation>): Abort;
  converge(args: ConvergeArguments, call: ConvergeOptions, done: Done<void>): Abort;
  observeEnvironment(
    args: { readonly service: string; readonly slot: Slot },
    call: CallerOptions,
    done: Done<EnvironmentObservation>,
  ): Abort;
  readMetrics(args: MetricsArguments, call: CallerOptions, done: Done<MetricReading>): Abort;
  readLatency(args: Omit<MetricsArguments, 'signal'>, call: CallerOptions, done: Done<LatencyReading>): Abort;
  check(args: CheckArguments, call: CallerOptions, done: Done<CheckResult>): Abort;
}

export function operationsOf(core: WorldCore): Operations {
  return {
    route: (args, call, done) => route(core, args, call, done),
    observeRouting: (args, call, done) => observeRouting(core, args, call, done),
    converge: (args, call, done) => converge(core, args, call, done),
    observeEnvironment: (args, call, done) => observeEnvironment(core, args, call, done),
    readMetrics: (args, call, done) => readMetrics(core, args, call, done),
    readLatency: (args, call, done) => readLatency(core, args, call, done),
    check: (args, call, done) => check(core, args, call, done),
  };
}
