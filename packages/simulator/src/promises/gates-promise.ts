import type { CompiledGate, ReleaseEvent } from '@bluegreen/machine';
import { found, type JudgedRelease } from './judged.js';

type At<T extends ReleaseEvent['type']> = Extract<ReleaseEvent, { readonly type: T }>;

/**
 * S18 to S21: whoever goes on has a pass of every gate of the place that it leaves, of this attempt, given since it was
 * opened and, where it was measured, since somebody drives the release again; or a person skipped it. S24: nor does it go
 * on while a guardrail fails, or can't see.
 */
export function gatesPassed(judged: JudgedRelease): string[] {
  const problems: string[] = [];
  judged.records.forEach(({ event }, index) => {
    const left = gatesLeftBy(event, judged);
    for (const gate of left) {
      const why = notPassed(gate, event.at, index, judged);
      if (why !== null) problems.push(found('S18', event.at, judged, `${gate.id} was left behind: ${why}`));
    }
    if (leavesWatch(event)) problems.push(...badGuardrails(event.at, index, judged));
  });
  return problems;
}

function stepsOf({ state }: JudgedRelease) {
  const { shift } = state.plan.policy;
  const isFirst = Object.values(state.services).some(({ roles }) => roles !== null && roles.active === null);
  return isFirst ? shift.slice(-1) : shift;
}

/** The gates of the phase or the step that this event says was left forward. */
function gatesLeftBy(event: ReleaseEvent, judged: JudgedRelease): readonly CompiledGate[] {
  const { verify, bake } = judged.state.plan.policy;
  const steps = stepsOf(judged);
  if (event.type === 'step-entered') return event.step === 0 ? [] : steps[event.step - 1]!.gates;
  if (event.type !== 'phase-entered') return [];
  if (event.phase === 'shifting' && event.from === 'verifying') return verify.gates;
  if (event.phase === 'baking') return steps.at(-1)!.gates;
  return event.phase === 'retiring' && event.from === 'baking' ? bake.gates : [];
}

function leavesWatch(event: ReleaseEvent): boolean {
  if (event.type === 'step-entered') return event.step > 0;
  return event.type === 'phase-entered' && (event.phase === 'baking' || event.from === 'baking') && isForward(event);
}

function isForward({ phase }: At<'phase-entered'>): boolean {
  return phase === 'baking' || phase === 'retiring';
}

function notPassed(gate: CompiledGate, at: number, index: number, judged: JudgedRelease): string | null {
  if (gate.dryRun) return null;
  const events = judged.records.slice(0, index).map(({ event }) => event);
  const opened = events.findLastIndex((event) => event.type === 'gate-opened' && event.gate === gate.id);
  if (opened < 0) return 'it was never opened';
  const { at: openedAt, attempt } = events[opened] as At<'gate-opened'>;
  const since = events.slice(opened);
  if (since.some((event) => event.type === 'gate-skip-requested' && isCalled(gate, event.gate))) return null;
  switch (gate.kind) {
    case 'wait':
      return at - openedAt >= gate.waitMs ? null : `waited ${at - openedAt} ms of ${gate.waitMs}`;
    case 'approval':
      return notApproved(gate, at - openedAt, since, judged.state.requestedBy);
    case 'webhook':
      if (since.some((event) => isAnswer(event, gate.id, attempt))) return null;
      return lastWord(gate.id, attempt, since);
    case 'check':
      return lastWord(gate.id, attempt, since);
    case 'analysis': {
      const resumed = since.findLastIndex(({ type }) => type === 'orchestrator-resumed');
      return lastWord(gate.id, attempt, since.slice(resumed + 1));
    }
  }
}

function isCalled({ id, name }: CompiledGate, said: string): boolean {
  return id === said || name === said;
}

function isAnswer(event: ReleaseEvent, gate: string, attempt: number): boolean {
  return (
    event.type === 'webhook-answered' && event.gate === gate && event.attempt === attempt && event.verdict === 'pass'
  );
}

function notApproved(
  gate: CompiledGate & { readonly kind: 'approval' },
  waitedMs: number,
  since: readonly ReleaseEvent[],
  requestedBy: string,
): string | null {
  if (gate.onExpiry === 'continue' && waitedMs >= gate.expiresMs) return null;
  const people = new Set<string>();
  for (const event of since) {
    if (event.type !== 'approval-granted' || !isCalled(gate, event.gate)) continue;
    if (event.by !== requestedBy || gate.byRequester !== 'refused') people.add(event.by);
  }
  const needed = gate.count ?? 1;
  return people.size >= needed ? null : `${people.size} of ${needed} people approved`;
}

function lastWord(gate: string, attempt: number, since: readonly ReleaseEvent[]): string | null {
  const last = since.findLast((event) => event.type === 'gate-judged' && event.gate === gate) as
    | At<'gate-judged'>
    | undefined;
  if (last === undefined) return 'nobody judged it';
  if (last.attempt !== attempt) return `attempt ${last.attempt} was judged, it is ${attempt}`;
  return last.verdict === 'pass' ? null : `its last word was ${last.verdict}`;
}

/** Guardrails that decide, as the policy has them. */
function guardrailsOf({ state }: JudgedRelease): readonly CompiledGate[] {
  return state.plan.policy.guardrails.filter(({ dryRun }) => !dryRun);
}

function badGuardrails(at: number, index: number, judged: JudgedRelease): string[] {
  const events = judged.records.slice(0, index).map(({ event }) => event);
  const resumed = events.findLastIndex(({ type }) => type === 'orchestrator-resumed');
  return guardrailsOf(judged).flatMap(({ id }) => {
    const last = events.slice(resumed + 1).findLast((event) => event.type === 'gate-judged' && event.gate === id);
    const word = last?.type === 'gate-judged' ? last.verdict : null;
    return word === 'error' || word === 'fail'
      ? [found('S24', at, judged, `it went on although the last word of guardrail ${id} was ${word}`)]
      : [];
  });
}
