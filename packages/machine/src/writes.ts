import { sameTarget } from '@bluegreen/contract';
import { backoffMs } from './backoff.js';
import { runsRelease } from './conditions.js';
import type { Fact, StartedWrite } from './events.js';
import { trafficGoal } from './goals.js';
import type { ConvergeState, ReleaseState, RouteWrite, SlotState, Tended, TendState } from './state.js';
import { plannedOf, serviceNames, serviceOf, withRouting, withService, withSlot } from './update.js';

type Settled = Extract<Fact, { readonly type: 'effect-settled' }>;
type Failure = Extract<Settled['result'], { readonly outcome: 'failed' }>;

/** Notes a write before its request leaves: from here on it may have happened. */
export function noteStarted(state: ReleaseState, key: string, write: StartedWrite, at: number): ReleaseState {
  const name = write.service;
  const planned = plannedOf(state, name);
  if (write.kind === 'route') {
    const { resource } = planned.traffic;
    const { routing } = serviceOf(state, name);
    const started: RouteWrite = {
      key,
      fence: write.fence,
      target: write.target,
      expected: write.expected,
      startedAt: at,
      status: 'running',
      until: null,
    };
    const next = withRouting(state, name, {
      writes: [...routing.writes, started],
      attempts: routing.attempts + 1,
      generation: routing.generation + 1,
      fresh: false,
    });
    return { ...next, fences: { ...state.fences, [resource]: write.fence } };
  }
  const { resource } = planned.environment;
  const slot = serviceOf(state, name).slots[write.slot];
  if (write.tend !== undefined) {
    const begun = withSlot(state, name, write.slot, {
      tend: startedTend(slot, key, write.tend, at),
      generation: slot.generation + 1,
      fresh: false,
    });
    return { ...begun, fences: { ...state.fences, [resource]: write.fence } };
  }
  const goal = goalOf(state, write);
  const atLeast = write.atLeast ?? null;
  // More instances than were asked for so far is another goal, with attempts of its own.
  const isSame = slot.converge?.goal === goal && (goal !== 'grow' || slot.converge.atLeast === atLeast);
  const converge: ConvergeState = {
    key,
    goal,
    atLeast,
    attempt: isSame ? slot.converge!.attempt + 1 : 1,
    status: 'running',
    since: at,
    notBefore: at,
    failure: null,
  };
  const next = withSlot(state, name, write.slot, { converge, generation: slot.generation + 1, fresh: false });
  const fenced = { ...next, fences: { ...state.fences, [resource]: write.fence } };
  return isTeardown(state, write) ? withService(fenced, name, { teardownBegunAt: at }) : fenced;
}

function startedTend({ tend }: SlotState, key: string, wanted: Tended, at: number): TendState {
  const isSame = tend?.autoscaling === wanted.autoscaling && tend.workers === wanted.workers;
  const attempt = isSame ? tend.attempt + 1 : 1;
  return { ...wanted, key, attempt, status: 'running', since: at, notBefore: at, failure: null };
}

function goalOf(state: ReleaseState, write: StartedWrite & { readonly kind: 'converge' }): ConvergeState['goal'] {
  if (write.version === null) return 'retire';
  const { seen, converge } = serviceOf(state, write.service).slots[write.slot];
  return seen !== null && runsRelease(state, write.service, seen, converge) ? 'grow' : 'deploy';
}

/** True for the write that ends the way back: the first irreversible one against the slot that served before. */
export function isTeardown(state: ReleaseState, write: StartedWrite): boolean {
  const service = serviceOf(state, write.service);
  return (
    write.kind === 'converge' &&
    write.tend === undefined &&
    write.version === null &&
    write.slot === service.roles?.active &&
    service.teardownBegunAt === null
  );
}

/** Notes how a write ended, as far as its caller knows. */
export function noteSettled(state: ReleaseState, event: Settled): ReleaseState {
  for (const name of serviceNames(state)) {
    const service = serviceOf(state, name);
    const write = service.routing.writes.find(({ key }) => key === event.key);
    if (write !== undefined) return settleRoute(state, name, write, event);
    for (const slot of ['blue', 'green'] as const) {
      const { converge, tend } = service.slots[slot];
      const generation = service.slots[slot].generation + 1;
      if (tend?.key === event.key && tend.status === 'running') {
        return withSlot(state, name, slot, { tend: settleConverge(tend, event), generation, fresh: false });
      }
      if (converge?.key === event.key && converge.status === 'running') {
        return withSlot(state, name, slot, { converge: settleConverge(converge, event), generation, fresh: false });
      }
    }
  }
  return state;
}

function settleRoute(state: ReleaseState, name: string, write: RouteWrite, event: Settled): ReleaseState {
  if (write.status !== 'running') return state;
  const { routing } = serviceOf(state, name);
  const { capabilities } = plannedOf(state, name).traffic;
  const others = routing.writes.filter((other) => other !== write);
  const reread = { generation: routing.generation + 1, fresh: false };
  if (event.result.outcome === 'accepted') {
    return withRouting(state, name, {
      ...reread,
      writes: [...others, { ...write, status: 'accepted' }],
      failure: null,
    });
  }
  const unresolved: RouteWrite = { ...write, status: 'unresolved', until: event.at + capabilities.lateWriteMs };
  const writes = event.result.reaction === 'read-back' ? [...others, unresolved] : others;
  const goal = trafficGoal(state, name);
  // How a write towards an earlier goal ended says nothing about this one: a rollback must not wait for it.
  if (goal === null || !sameTarget(write.target, goal)) return withRouting(state, name, { ...reread, writes });
  const notBefore = event.at + backoffMs(write.key, routing.attempts, event.result.retryAfterMs);
  return withRouting(state, name, { ...reread, writes, failure: failureOf(event.result), notBefore });
}

function settleConverge<Write extends ConvergeState | TendState>(converge: Write, { at, result, key }: Settled): Write {
  if (result.outcome === 'accepted') return { ...converge, status: 'accepted', since: at, failure: null };
  return {
    ...converge,
    status: result.reaction === 'read-back' ? 'unknown' : 'failed',
    since: at,
    notBefore: at + backoffMs(key, converge.attempt, result.retryAfterMs),
    failure: failureOf(result),
  };
}

function failureOf({ code, message, reaction }: Failure): { code: string; message: string; permanent: boolean } {
  return { code, message, permanent: reaction === 'permanent' };
}
