import {
  type Clock,
  type EnvironmentAdapter,
  fail,
  type Lease,
  mayReach,
  type Slot,
  type TrafficAdapter,
} from '@bluegreen/contract';
import type { Effect } from '@bluegreen/machine';
import type { AnalysisMemory } from './analysis-memory.js';
import type { Performer } from './effect-calls.js';
import { type Hook, runHook } from './hook.js';
import { type GateTools, judge } from './judge.js';
import { failedOutcome, type Outcome } from './outcome.js';

/** One deployable: where its versions run, and what routes to them. */
export interface Service {
  readonly environment: EnvironmentAdapter;
  readonly traffic: TrafficAdapter;
  /** Services that it calls: released together, they are shifted before it at every step. */
  readonly dependsOn?: readonly string[];
}

export interface AdapterPerformerOptions {
  readonly releaseId: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly gates: GateTools;
  /** None by default. */
  readonly hooks?: Readonly<Record<string, Hook>>;
  readonly clock: Clock;
  readonly lease: Pick<Lease, 'confirm' | 'epochs'>;
  /** What its judges learnt so far, as the journal of the release tells. */
  readonly memory: AnalysisMemory;
}

/** Carries effects out through the user's adapters, checks and metric source. */
export function adapterPerformer(options: AdapterPerformerOptions): Performer {
  return {
    perform(effect, call, done) {
      outcomeOf(options, effect, call.signal).then(done, (error) => done(failedOutcome(effect, error)));
    },
  };
}

async function outcomeOf(options: AdapterPerformerOptions, effect: Effect, signal: AbortSignal): Promise<Outcome> {
  switch (effect.kind) {
    case 'observe-routing': {
      const { traffic } = serviceOf(options, effect.service);
      // Asked again and again; a write that follows is conditional on what was read.
      const observation = await traffic.observe({ signal, mayLag: true });
      return (
        newerOwner(options, traffic.resource, observation.fence) ?? {
          type: 'routing-observed',
          service: effect.service,
          observation,
        }
      );
    }
    case 'observe-environment': {
      const { service, slot } = effect;
      const { environment } = serviceOf(options, service);
      const observation = await environment.observe(slot, { signal, mayLag: true });
      return (
        newerOwner(options, environment.resource, observation.fence) ?? {
          type: 'environment-observed',
          service,
          slot,
          observation,
        }
      );
    }
    case 'route': {
      const { key: idempotencyKey, fence, target, expected, service } = effect;
      await serviceOf(options, service).traffic.route(target, expected, { signal, idempotencyKey, fence });
      return { type: 'effect-settled', key: effect.key, result: { outcome: 'accepted' } };
    }
    case 'converge': {
      const { idempotencyKey, fence, target, service } = effect;
      const confirm = (): Promise<void> => confirmTouch(options, service, target.slot, signal);
      await serviceOf(options, service).environment.converge(target, { signal, idempotencyKey, fence, confirm });
      return { type: 'effect-settled', key: effect.key, result: { outcome: 'accepted' } };
    }
    case 'hook': {
      const { hook, attempt } = effect;
      const failure = await runHook(options.hooks ?? {}, options.releaseId, effect, signal);
      return { type: 'hook-settled', hook, attempt, failure };
    }
    case 'judge':
      return {
        type: 'gate-judged',
        gate: effect.gate.id,
        attempt: effect.attempt,
        ...(await judge(options, effect, signal)),
      };
  }
}

function serviceOf(options: AdapterPerformerOptions, name: string): Service {
  const service = options.services[name];
  if (service === undefined) throw fail('release/service-unknown', { detail: name });
  return service;
}

/** Somebody with a higher epoch wrote here: there is a newer owner, and it is not us. */
function newerOwner(
  { lease }: AdapterPerformerOptions,
  resource: string,
  fence: { readonly epoch: number } | undefined,
): Outcome | null {
  if (fence === undefined || fence.epoch <= (lease.epochs[resource] ?? 0)) return null;
  return { type: 'fenced', message: `${resource} is written by epoch ${fence.epoch}` };
}

/** S56: the fresh look before each irreversible request. */
async function confirmTouch(
  options: AdapterPerformerOptions,
  name: string,
  slot: Slot,
  signal: AbortSignal,
): Promise<void> {
  await options.lease.confirm();
  const { traffic } = serviceOf(options, name);
  const observation = await traffic.observe({ signal });
  if (newerOwner(options, traffic.resource, observation.fence) !== null) throw fail('journal/lease-lost');
  const reachable = mayReach(observation.routing, slot);
  if (reachable || (observation.afterRestart !== undefined && mayReach(observation.afterRestart, slot))) {
    throw fail('adapter/slot-reachable', { detail: `${name} ${slot}` });
  }
}
