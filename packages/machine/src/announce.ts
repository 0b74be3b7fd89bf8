import type { Announcement, Fact } from './events.js';
import { gateById } from './gates.js';
import { rollbackTarget } from './goals.js';
import type { GateState, Phase, ReleaseState } from './state.js';
import { stepPercent, stepsOf } from './steps.js';
import { serviceNames, serviceOf } from './update.js';
import { awaitsWindow, nextOpening } from './windows.js';

/**
 * What one decision means, in words for people, listeners and reports. Pure, in a fixed order; journaled in one piece
 * with the fact that caused it, and never folded.
 */
export function announce(before: ReleaseState | null, after: ReleaseState, fact: Fact): readonly Announcement[] {
  if (before === after) return [];
  const { at } = fact;
  const said: Announcement[] = [];
  if (before === null) return [{ type: 'phase-entered', at, phase: after.phase, from: null }];
  sayTeardown(before, after, at, said);
  saySettledGates(before, after, at, said);
  sayPhases(before, after, at, said);
  saySteps(before, after, at, said);
  sayRaises(before, after, at, said);
  sayOpenedGates(before, after, at, said);
  sayHeld(before, after, at, said);
  sayServices(before, after, at, said);
  sayEnds(before, after, at, said);
  return said;
}

function sayTeardown(before: ReleaseState, after: ReleaseState, at: number, said: Announcement[]): void {
  for (const service of serviceNames(after)) {
    const { teardownBegunAt, roles } = serviceOf(after, service);
    if (teardownBegunAt !== null && serviceOf(before, service).teardownBegunAt === null) {
      said.push({ type: 'teardown-begun', at, service, slot: roles!.active! });
    }
  }
}

function saySettledGates(before: ReleaseState, after: ReleaseState, at: number, said: Announcement[]): void {
  for (const [id, gate] of Object.entries(after.gates)) {
    const was = before.gates[id];
    if (was === undefined || was.closed !== null) continue;
    if (was.attempt !== gate.attempt) said.push(settled(id, { ...was, closed: 'cancelled' }, at));
    else if (gate.closed !== null) said.push(settled(id, gate, at));
  }
}

function settled(gate: string, { attempt, closed, verdict, evidence }: GateState, at: number): Announcement {
  const said = closed === 'skipped' ? closed : closed === 'settled' && verdict !== null ? verdict : 'cancelled';
  return { type: 'gate-settled', at, gate, attempt, verdict: said, evidence };
}

/** Says every phase on the way: one fact can lead through several. */
function sayPhases(before: ReleaseState, after: ReleaseState, at: number, said: Announcement[]): void {
  const { cause, stuck } = after;
  let from = before.phase;
  for (const phase of phasesBetween(before.phase, after.phase, stuck?.from ?? null)) {
    const isBegun = phase === 'rolling-back' && cause !== null && cause !== before.cause;
    if (isBegun) said.push({ type: 'rollback-begun', at, cause });
    said.push({ type: 'phase-entered', at, phase, from });
    from = phase;
  }
}

const forward: readonly Phase[] = ['preparing', 'verifying', 'shifting', 'baking', 'retiring', 'promoted'];

/** The phases entered from `from` to `to`, that one included. There is one way forward and one way back. */
function phasesBetween(from: Phase, to: Phase, stuckFrom: Phase | null): readonly Phase[] {
  if (from === to) return [];
  const [first, last] = [forward.indexOf(from), forward.indexOf(to)];
  if (first >= 0 && last > first) return forward.slice(first + 1, last + 1);
  const before = to === 'rolled-back' ? 'rolling-back' : to === 'stuck' ? stuckFrom : null;
  return before === null ? [to] : [...phasesBetween(from, before, null), to];
}

function saySteps(before: ReleaseState, after: ReleaseState, at: number, said: Announcement[]): void {
  if (after.phase !== 'shifting' && !(before.phase === 'shifting' && after.phase === 'baking')) return;
  const isNew = before.phase !== 'shifting' || before.step !== after.step;
  if (after.phase === 'shifting' && isNew) {
    const { percent, mirrorPercent, audiences } = stepsOf(after)[after.step]!;
    const mirrored = mirrorPercent === undefined ? {} : { mirrorPercent };
    said.push({ type: 'step-entered', at, step: after.step, percent, ...mirrored, audiences });
  }
  if (after.phase === 'shifting' && after.watch !== null && (isNew || before.watch === null)) {
    const { percent } = stepsOf(after)[after.step]!;
    said.push({ type: 'step-reached', at, step: after.step, percent, until: after.watch.until });
  }
}

/** Within one step only: a new one begins at its own percent. */
function sayRaises(before: ReleaseState, after: ReleaseState, at: number, said: Announcement[]): void {
  if (after.phase !== 'shifting' || before.phase !== 'shifting' || before.step !== after.step) return;
  const [from, percent] = [stepPercent(before), stepPercent(after)];
  if (from === percent) return;
  said.push({ type: percent > from ? 'weight-raised' : 'weight-lowered', at, step: after.step, percent, from });
}

function sayOpenedGates(before: ReleaseState, after: ReleaseState, at: number, said: Announcement[]): void {
  for (const [id, gate] of Object.entries(after.gates)) {
    if (before.gates[id]?.attempt === gate.attempt) continue;
    said.push({ type: 'gate-opened', at, gate: id, attempt: gate.attempt });
    const compiled = gateById(after, id);
    if (compiled?.kind === 'approval') {
      const { from, count = 1 } = compiled;
      const several = count === 1 ? {} : { count };
      said.push({ type: 'approval-requested', at, gate: id, from, ...several, expiresAt: gate.dueAt });
    }
    if (gate.closed !== null) said.push(settled(id, gate, at));
  }
}

function sayHeld(before: ReleaseState, after: ReleaseState, at: number, said: Announcement[]): void {
  if (before.paused === null && after.paused !== null) {
    said.push({ type: 'release-paused', at, reason: `${after.paused.by}: ${after.paused.reason}` });
  }
  if (before.paused !== null && after.paused === null) said.push({ type: 'release-resumed', at });
  if (awaitsWindow(after) && !awaitsWindow(before)) {
    said.push({ type: 'window-awaited', at, opensAt: nextOpening(after, at) });
  }
}

function sayServices(before: ReleaseState, after: ReleaseState, at: number, said: Announcement[]): void {
  for (const service of serviceNames(after)) {
    const is = serviceOf(after, service);
    const was = serviceOf(before, service);
    if (is.routing.drifted !== null && was.routing.drifted?.revision !== is.routing.drifted.revision) {
      said.push({ type: 'routing-drifted', at, service, summary: is.routing.drifted.summary });
    }
    // A rollback, or what an earlier owner wrote, is no restoration: nothing is left to be held then.
    if (is.routing.restored !== null && is.routing.restored !== was.routing.restored) {
      said.push({ type: 'routing-restored', at, service, since: is.routing.restored.since });
    }
    if (before.promotedAt !== null && was.retainedSince === null && is.retainedSince !== null) {
      const { after: retention } = after.plan.policy.retire;
      if (retention !== 'keep') {
        said.push({ type: 'retention-extended', at, service, retainUntil: is.retainedSince + retention });
      }
    }
    if (isBack(after, service) && !isBack(before, service)) {
      said.push({ type: 'traffic-returned', at, service, slot: is.roles!.active! });
    }
    for (const slot of ['blue', 'green'] as const) {
      const emptied = is.slots[slot].seen?.version === null && (was.slots[slot].seen?.version ?? null) !== null;
      if (emptied && is.slots[slot].converge?.goal === 'retire') said.push({ type: 'slot-retired', at, service, slot });
    }
  }
}

/** The router was seen to send everything back. */
function isBack(state: ReleaseState, service: string): boolean {
  if (rollbackTarget(state, service) === null) return false;
  const isSeen = state.phase === 'rolling-back' && serviceOf(state, service).routing.shownAt !== null;
  return isSeen || state.phase === 'rolled-back';
}

function sayEnds(before: ReleaseState, after: ReleaseState, at: number, said: Announcement[]): void {
  if (before.promotedAt === null && after.promotedAt !== null) {
    const { after: retention } = after.plan.policy.retire;
    said.push({ type: 'release-promoted', at, retainUntil: retention === 'keep' ? null : at + retention });
  }
  if (before.phase === after.phase) return;
  const { phase, cause, stuck } = after;
  if (phase === 'rolled-back' && cause !== null) said.push({ type: 'release-rolled-back', at, cause });
  if (phase === 'stuck' && stuck !== null) said.push({ type: 'release-stuck', at, ...stuck });
  if (phase === 'promoted' || phase === 'rolled-back' || phase === 'stuck') {
    said.push({ type: 'release-finished', at, end: phase });
  }
}
