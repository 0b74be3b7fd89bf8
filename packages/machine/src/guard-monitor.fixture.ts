import { normaliseTarget, sameTarget, type TrafficObservation } from '@bluegreen/contract';
import type { Fact } from './events.js';
import { trafficGoal } from './goals.js';
import type { PhaseRule } from './phase-machine.js';
import type { ReleaseState } from './state.js';

interface Read {
  readonly at: number;
  readonly observation: TrafficObservation;
}

/**
 * Judges every change of phase and step by what was told, not by what the machine made of it: its own memory of reads,
 * owners and writes, and the words of the rules.
 */
export class Monitor {
  #reads: Read[] = [];
  #ownedSince = 0;
  #epoch = 0;

  note(fact: Fact): void {
    if (fact.type === 'orchestrator-resumed') {
      this.#reads = [];
      this.#ownedSince = fact.at;
      this.#epoch = fact.epochs.router!;
    } else if (fact.type === 'effect-started' && fact.write.kind === 'route') this.#reads = [];
    else if (fact.type === 'routing-observed' && fact.service === 'web') {
      const { at, observation } = fact;
      if ((observation.fence?.epoch ?? 0) <= this.#epoch) this.#reads.push({ at, observation });
    }
  }

  /** After a decision, nothing is left that should have been decided. */
  settled(state: ReleaseState): void {
    const isForward = ['preparing', 'verifying', 'shifting', 'baking'].includes(state.phase);
    if (isForward && state.cause !== null) throw new Error(`has a cause and stays in ${state.phase}`);
  }

  /** Before a rule is applied. */
  judge(state: ReleaseState, rule: PhaseRule, at: number): void {
    const action = rule.actions[0]!;
    const need = (holds: boolean, what: string): void => {
      if (!holds) throw new Error(`${action}: ${what}`);
    };
    if (action === 'toStuck') this.#judgeStuck(state, need);
    if (action === 'beginRollback') need(state.cause !== null, 'nobody asked for it');
    if (action === 'reopen') need(state.phase === 'stuck' && state.reopenAt === rule.target, 'nobody asked for it');
    if (action === 'finishRolledBack') this.#judgeRolledBack(state, at, need);
    if (action === 'finishPromoted') this.#judgePromoted(state, at, need);
    const isForward = ['beginVerify', 'openVerify', 'beginShift', 'openStep', 'nextStep', 'beginBake', 'promote'];
    if (!isForward.includes(action)) return;
    need(state.paused === null && state.services.web!.routing.drifted === null, 'it is held');
    need(this.#isInPlace(state, at), 'the routing is not in place');
    if (action === 'beginVerify') need(this.#isReady(state), 'the candidate is not ready');
    if (action === 'openVerify' || action === 'openStep') need(state.watch === null, 'it was opened before');
    if (action === 'beginShift') need(passed(state, state.plan.policy.verify.gates), 'a verify gate has not passed');
    if (action === 'nextStep' || action === 'beginBake') this.#judgeWatch(state, at, need, stepGates(state));
    if (action === 'nextStep' || action === 'beginBake')
      need(isLastStep(state) === (action === 'beginBake'), 'it is another step');
    if (action === 'promote') this.#judgeWatch(state, at, need, state.plan.policy.bake.gates);
  }

  #judgeWatch(state: ReleaseState, at: number, need: Need, gates: readonly Gate[]): void {
    need(state.watch !== null && state.watch.lostAt === null && at >= state.watch.until, 'its time is not over');
    need(passed(state, gates), 'a gate has not passed');
    const blind = state.plan.policy.guardrails.some(({ id }) => state.gates[id]?.verdict === 'error');
    need(!blind, 'a guardrail is blind');
    need(this.#isReady(state), 'the candidate is not ready');
  }

  #judgeStuck(state: ReleaseState, need: Need): void {
    const { roles, routing, slots } = state.services.web!;
    const isFirst = roles !== null && roles.active === null;
    const target = routing.seen?.target ?? null;
    const isSplit = target !== null && target.weights.blue > 0 && target.weights.green > 0;
    const isUnrouted =
      target === null && [slots.blue, slots.green].some(({ seen }) => (seen?.version ?? null) !== null);
    const isUnclear = roles === null && (routing.seen?.foreign != null || isSplit || isUnrouted);
    const isEmpty = roles !== null && roles.active !== null && slots[roles.active].seen?.version === null;
    const isLast = state.phase === 'rolling-back' || state.phase === 'retiring';
    const isTried = routing.failure !== null || routing.unreadableSince !== null || routing.attempts > 0;
    const isDead = roles?.active != null && slots[roles.active].seen?.ready === 0;
    const hasFailed = [slots.blue, slots.green].some(
      ({ converge }) => converge !== null && converge.status !== 'accepted',
    );
    need(
      (isFirst && state.cause !== null) || isUnclear || isEmpty || (isLast && (isTried || isDead || hasFailed)),
      'for no reason',
    );
  }

  #judgeRolledBack(state: ReleaseState, at: number, need: Need): void {
    const { roles, slots } = state.services.web!;
    need(nothingUnderWay(state), 'a write may still land');
    if (roles === null || roles.active === null) return;
    need(this.#isInPlace(state, at), 'users are not back');
    const { converge, seen } = slots[roles.candidate];
    if (state.plan.policy.retire.candidate === 'retire' && converge !== null)
      need(seen?.version === null, 'the candidate runs');
  }

  #judgePromoted(state: ReleaseState, at: number, need: Need): void {
    need(nothingUnderWay(state), 'a write may still land');
    need(this.#isInPlace(state, at), 'the routing is not in place');
    const { roles, slots } = state.services.web!;
    const { after } = state.plan.policy.retire;
    if (after === 'keep' || (state.retentionCut && state.services.web!.teardownBegunAt === null)) return;
    const { retainedSince } = state.services.web!;
    need(retainedSince !== null && retainedSince >= state.promotedAt!, 'nobody knows since when it is retained');
    need(at >= retainedSince! + after, 'its retention is not over');
    if (roles!.active !== null) need(slots[roles!.active].seen?.version === null, 'the old slot runs');
  }

  /** The last reads show the goal, under the stamp of this owner, for as long as routers lag. */
  #isInPlace(state: ReleaseState, at: number): boolean {
    const goal = trafficGoal(state, 'web');
    if (goal === null) return true;
    const { capabilities } = state.plan.services.web!.traffic;
    const shows = ({ observation: { routing, fence } }: Read): boolean => {
      if (routing.kind !== 'split' || !sameTarget(normaliseTarget(routing.target, capabilities), goal)) return false;
      return capabilities.fencing === 'none' || fence?.epoch === this.#epoch;
    };
    const last = this.#reads.at(-1);
    if (last === undefined || !shows(last)) return false;
    if (capabilities.fencing === 'none' && at < this.#ownedSince + capabilities.lateWriteMs) return false;
    const firstBad = this.#reads.findLastIndex((read) => !shows(read));
    const since = this.#reads[firstBad + 1]!.at;
    return last.observation.proof === 'proven' || at >= since + capabilities.propagationMs || hasOldReads(this.#reads);
  }

  #isReady(state: ReleaseState): boolean {
    const { roles, slots } = state.services.web!;
    if (roles === null) return false;
    const { seen, unfitSince } = slots[roles.candidate];
    return seen !== null && seen.version !== null && seen.ready > 0 && unfitSince === null;
  }
}

type Need = (holds: boolean, what: string) => void;
type Gate = { readonly id: string; readonly dryRun: boolean };

/** Reads older than what was settled are no news, so that they don't begin the lag anew. */
function hasOldReads(reads: readonly { readonly observation: TrafficObservation }[]): boolean {
  const sequences = reads.map(({ observation }) => observation.fence?.sequence ?? -1);
  return sequences.some((sequence, index) => index > 0 && sequence < sequences[index - 1]!);
}

function passed(state: ReleaseState, gates: readonly Gate[]): boolean {
  return gates.every(({ id, dryRun }) => dryRun || state.gates[id]?.verdict === 'pass');
}

function stepGates(state: ReleaseState): readonly Gate[] {
  const isFirst = state.services.web!.roles?.active === null;
  const steps = state.plan.policy.shift;
  return (isFirst ? steps.at(-1)! : steps[state.step]!).gates;
}

function isLastStep(state: ReleaseState): boolean {
  const isFirst = state.services.web!.roles?.active === null;
  return isFirst || state.step === state.plan.policy.shift.length - 1;
}

function nothingUnderWay(state: ReleaseState): boolean {
  const { routing, slots } = state.services.web!;
  const isOpen = ({ converge }: { readonly converge: { readonly status: string } | null }): boolean =>
    converge?.status === 'running' || converge?.status === 'unknown';
  return routing.writes.length === 0 && !isOpen(slots.blue) && !isOpen(slots.green);
}
