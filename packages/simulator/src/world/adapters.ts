import type { EnvironmentAdapter, MetricSource, ReadCall, Slot, TrafficAdapter } from '@bluegreen/contract';
import { fail } from '../failure.js';
import type { CheckResult } from './check-operation.js';
import type { Abort, Done } from './operation.js';
import type { Operations } from './operations.js';
import type { ResolvedService } from './resolved-options.js';
import type { CallerOptions } from './world-core.js';

/** One operation as a promise. An aborted signal aborts the operation. */
function promised<R>(signal: AbortSignal, start: (done: Done<R>) => Abort): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    if (signal.aborted) return reject(fail('simulator/aborted', { reaction: 'retry', detail: 'before it was sent' }));
    const abort = start((reply) => {
      signal.removeEventListener('abort', abort);
      if (reply.error === null) resolve(reply.value);
      else reject(reply.error);
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}

export function trafficAdapter(
  operations: Operations,
  options: ResolvedService,
  caller: CallerOptions,
): TrafficAdapter {
  const service = options.name;
  return {
    contractVersion: 1,
    name: 'simulated-router',
    resource: options.router.resource,
    capabilities: options.router.capabilities,
    observe: (call) => promised(call.signal, (done) => operations.observeRouting({ service }, caller, done)),
    route: (target, expected, { signal, idempotencyKey, fence }) =>
      promised(signal, (done) =>
        operations.route({ service, target, expected }, { ...caller, idempotencyKey, fence }, done),
      ),
  };
}

export function environmentAdapter(
  operations: Operations,
  options: ResolvedService,
  caller: CallerOptions,
): EnvironmentAdapter {
  const service = options.name;
  return {
    contractVersion: 1,
    name: 'simulated-environment',
    resource: options.environment.resource,
    capabilities: options.environment.capabilities,
    observe: (slot, call) =>
      promised(call.signal, (done) => operations.observeEnvironment({ service, slot }, caller, done)),
    converge: (target, { signal, idempotencyKey, fence, confirm }) =>
      promised(signal, (done) =>
        operations.converge(
          { service, target },
          {
            ...caller,
            idempotencyKey,
            fence,
            confirm: (answer) => void confirm().then(() => answer(null), answer),
          },
          done,
        ),
      ),
  };
}

export function metricSource(operations: Operations, caller: CallerOptions): MetricSource {
  return {
    name: 'simulated-metrics',
    read: (service, window, signal, call) =>
      promised(call.signal, (done) => operations.readMetrics({ service, window, signal }, caller, done)),
    readLatency: (service, window, call) =>
      promised(call.signal, (done) => operations.readLatency({ service, window }, caller, done)),
  };
}

/** Asks a slot itself, past the router. */
export type PromisedCheck = (
  args: { readonly service: string; readonly slot: Slot; readonly name: string },
  call: ReadCall,
) => Promise<CheckResult>;

export function promisedCheck(operations: Operations, caller: CallerOptions): PromisedCheck {
  return (args, call) => promised(call.signal, (done) => operations.check(args, caller, done));
}
