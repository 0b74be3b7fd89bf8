import type { Slot } from '@bluegreen/contract';
import { type Abort, type Done, startOperation } from './operation.js';
import type { SimulatedService } from './simulated-service.js';
import { type CallerOptions, openCall, serviceOf, type WorldCore } from './world-core.js';

export interface CheckArguments {
  readonly service: string;
  readonly slot: Slot;
  /** The check's name in the policy. */
  readonly name: string;
}

export interface CheckResult {
  readonly passed: boolean;
  /** Which version answered; `null` when none did. */
  readonly version: string | null;
  readonly summary: string;
}

/** Asks a slot itself, past the router, whether it works. */
export function check(core: WorldCore, args: CheckArguments, call: CallerOptions, done: Done<CheckResult>): Abort {
  const service = serviceOf(core, args.service);
  return startOperation(
    core.clock,
    openCall(core, 'check', args.service, args.slot, call),
    {
      latencyMs: service.options.environment.latencyMs,
      lateWriteMs: null,
      land: (fault) => result(service, args, fault?.fault === 'check-fails'),
    },
    done,
  );
}

function result(service: SimulatedService, { slot, name }: CheckArguments, mustFail: boolean): CheckResult {
  const place = service.places[slot];
  if (place.deployment === null || place.ready === 0) {
    return { passed: false, version: null, summary: `${name}: nothing answers in ${slot}` };
  }
  const { version, behaviour } = place.deployment;
  const passed = behaviour.checks === 'pass' && !mustFail;
  return { passed, version, summary: `${name}: ${version} ${passed ? 'passed' : 'failed'}` };
}
