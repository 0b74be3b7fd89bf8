import {
  type EnvironmentTarget,
  everythingTo,
  isBluegreenError,
  type Slot,
  type TrafficTarget,
  weights,
} from '@bluegreen/contract';
import { createVirtualClock, type VirtualClock } from '../clock/virtual-clock.js';
import { createWorld, type World } from './create-world.js';
import type { Ledger } from './ledger.js';
import type { Reply } from './operation.js';
import type { WorldOptions } from './world-options.js';

/** One call of a script. `expect` tells which revision a `route` names: the last one that this chain has read. */
export type Step =
  | { readonly call: 'route'; readonly green: number; readonly audience?: Slot }
  | { readonly call: 'observe-routing' }
  | { readonly call: 'deploy'; readonly slot: Slot; readonly version: string }
  | { readonly call: 'retire'; readonly slot: Slot }
  | { readonly call: 'observe-environment'; readonly slot: Slot }
  | { readonly call: 'metrics' }
  | { readonly call: 'check'; readonly slot: Slot };

/** Calls of one owner, one after the other, from an instant on. */
export interface Chain {
  readonly startMs: number;
  readonly epoch: number;
  /** Gives up on a call after so long. */
  readonly patienceMs: number;
  readonly steps: readonly Step[];
}

export interface Played {
  readonly history: readonly string[];
  readonly ledger: Ledger;
}

export type WorldWithoutClock = Omit<WorldOptions, 'clock'>;

interface Context {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly history: string[];
  revision: string;
  sequence: number;
}

const endMs = 200_000;

/** Plays the chains with callbacks. */
export function playWithCallbacks(options: WorldWithoutClock, chains: readonly Chain[]): Played {
  const clock = createVirtualClock({ startMs: 0 });
  const world = createWorld({ ...options, clock });
  const history: string[] = [];
  chains.forEach((chain, index) => {
    const context: Context = { clock, world, history, revision: '', sequence: 0 };
    const next = (step: number): void => {
      if (step === chain.steps.length) return;
      let timer: unknown = null;
      const abort = startWithCallbacks(context, chain, index, chain.steps[step]!, (reply) => {
        clock.clearTimeout(timer);
        note(context, index, step, reply);
        next(step + 1);
      });
      timer = clock.setTimeout(abort, chain.patienceMs);
    };
    clock.setTimeout(() => next(0), chain.startMs);
  });
  clock.runUntil(endMs);
  return { history, ledger: world.ledger() };
}

/** Plays the same chains with the adapters of the contract. */
export async function playWithPromises(options: WorldWithoutClock, chains: readonly Chain[]): Promise<Played> {
  const clock = createVirtualClock({ startMs: 0 });
  const world = createWorld({ ...options, clock });
  const history: string[] = [];
  chains.forEach((chain, index) => {
    const context: Context = { clock, world, history, revision: '', sequence: 0 };
    const run = async () => {
      for (let step = 0; step < chain.steps.length; step++) {
        const controller = new AbortController();
        const timer = { handle: null as unknown };
        const answer = startWithPromises(context, chain, index, chain.steps[step]!, controller.signal);
        timer.handle = clock.setTimeout(() => controller.abort(), chain.patienceMs);
        let reply: Reply<unknown>;
        try {
          reply = { error: null, value: await answer };
        } catch (error) {
          reply = { error: error as Error, value: null };
        }
        clock.clearTimeout(timer.handle);
        note(context, index, step, reply);
      }
    };
    clock.setTimeout(() => void run(), chain.startMs);
  });
  await clock.runAsync(endMs);
  return { history, ledger: world.ledger() };
}

const service = 'checkout';

function note(context: Context, chain: number, step: number, reply: Reply<unknown>): void {
  const { error, value } = reply;
  if (error === null && typeof value === 'object' && value !== null && 'revision' in value) {
    context.revision = value.revision as string;
  }
  const outcome = error === null ? JSON.stringify(value) : isBluegreenError(error) ? error.code : `${error}`;
  context.history.push(`${context.clock.now()} ${chain}.${step} ${outcome}`);
}

function targetOf(step: Extract<Step, { call: 'route' }>): TrafficTarget {
  const audiences =
    step.audience === undefined
      ? []
      : [{ name: 'internal', match: { header: 'x-internal', equals: '1' }, slot: step.audience }];
  return everythingTo('blue', { weights: weights(step.green), candidate: 'green', audiences });
}

function environmentTarget(step: Extract<Step, { call: 'deploy' | 'retire' }>, id: string): EnvironmentTarget {
  const release = step.call === 'retire' ? null : { id, version: step.version };
  return { slot: step.slot, release, atLeast: 3, autoscaling: 'frozen', workers: 'idle' };
}

function writeOf(context: Context, chain: Chain, index: number) {
  const sequence = ++context.sequence;
  return { idempotencyKey: `${index}/${sequence}`, fence: { epoch: chain.epoch, sequence }, owner: `owner-${index}` };
}

function startWithCallbacks(
  context: Context,
  chain: Chain,
  index: number,
  step: Step,
  done: (reply: Reply<unknown>) => void,
): () => void {
  const { operations } = context.world;
  const caller = { owner: `owner-${index}` };
  switch (step.call) {
    case 'route':
      return operations.route(
        { service, target: targetOf(step), expected: { revision: context.revision } },
        writeOf(context, chain, index),
        done,
      );
    case 'observe-routing':
      return operations.observeRouting({ service }, caller, done);
    case 'deploy':
    case 'retire':
      return operations.converge(
        { service, target: environmentTarget(step, `release-${index}`) },
        {
          ...writeOf(context, chain, index),
          confirm: (answer) => void operations.observeRouting({ service }, caller, (reply) => answer(reply.error)),
        },
        done,
      );
    case 'observe-environment':
      return operations.observeEnvironment({ service, slot: step.slot }, caller, done);
    case 'metrics':
      return operations.readMetrics({ service, window: { fromMs: 0, toMs: endMs }, signal: 'errors' }, {}, done);
    case 'check':
      return operations.check({ service, slot: step.slot, name: 'smoke' }, {}, done);
  }
}

function startWithPromises(
  context: Context,
  chain: Chain,
  index: number,
  step: Step,
  signal: AbortSignal,
): Promise<unknown> {
  const { world } = context;
  const caller = { owner: `owner-${index}` };
  const traffic = world.traffic(service, caller);
  const environment = world.environment(service, caller);
  switch (step.call) {
    case 'route':
      return traffic.route(
        targetOf(step),
        { revision: context.revision },
        { ...writeOf(context, chain, index), signal },
      );
    case 'observe-routing':
      return traffic.observe({ signal });
    case 'deploy':
    case 'retire':
      return environment.converge(environmentTarget(step, `release-${index}`), {
        ...writeOf(context, chain, index),
        signal,
        confirm: async () => void (await traffic.observe({ signal: new AbortController().signal })),
      });
    case 'observe-environment':
      return environment.observe(step.slot, { signal });
    case 'metrics':
      return world.metrics.read(service, { fromMs: 0, toMs: endMs }, 'errors', { signal });
    case 'check':
      return world.check({ service, slot: step.slot, name: 'smoke' }, { signal });
  }
}
