import type { Evidence, Verdict } from '@bluegreen/contract';
import type { CompiledGate } from './compiled-policy.js';
import type { Fact } from './events.js';
import type { GateState, ReleaseState } from './state.js';
import { currentStep, isMirrored } from './steps.js';

/** Later than any instant, and still a number in JSON. */
export const never = Number.MAX_SAFE_INTEGER;

/** The gates that decide about the present phase or step. */
export function gatesHere(state: ReleaseState): readonly CompiledGate[] {
  switch (state.phase) {
    case 'verifying':
      return state.plan.policy.verify.gates;
    case 'shifting':
      return state.watch === null ? [] : currentStep(state).gates;
    case 'baking':
      return state.plan.policy.bake.gates;
    default:
      return [];
  }
}

/** Gates and guardrails that are open now, with their state. */
export function openGates(state: ReleaseState): readonly { readonly gate: CompiledGate; readonly state: GateState }[] {
  const open: { gate: CompiledGate; state: GateState }[] = [];
  for (const gate of [...gatesHere(state), ...guardrailsHere(state)]) {
    const gateState = state.gates[gate.id];
    if (gateState !== undefined && gateState.closed === null) open.push({ gate, state: gateState });
  }
  return open;
}

/** Guardrails run from the first users on to the end of the bake, waits and holds included. Copies are nobody's. */
export function guardrailsHere(state: ReleaseState): readonly CompiledGate[] {
  if (isMirrored(state)) return [];
  return state.phase === 'shifting' || state.phase === 'baking' ? state.plan.policy.guardrails : [];
}

/** The gate with this id, wherever it stands in the policy. */
export function gateById(state: ReleaseState, id: string): CompiledGate | undefined {
  const { verify, shift, bake, guardrails } = state.plan.policy;
  const isIt = (gate: CompiledGate): boolean => gate.id === id;
  const found = guardrails.find(isIt) ?? bake.gates.find(isIt) ?? verify.gates.find(isIt);
  if (found !== undefined) return found;
  for (const { gates } of shift) {
    const inStep = gates.find(isIt);
    if (inStep !== undefined) return inStep;
  }
  return undefined;
}

/** People call a gate by its name, or by its id where several have the same name. */
export function isCalled(gate: CompiledGate, name: string): boolean {
  return gate.name === name || gate.id === name;
}

export function everyGate(state: ReleaseState): readonly CompiledGate[] {
  const { verify, shift, bake, guardrails } = state.plan.policy;
  return [...verify.gates, ...shift.flatMap(({ gates }) => gates), ...bake.gates, ...guardrails];
}

/** Opens gates for a new attempt: nothing that was judged before is evidence (S25). */
export function openAll(
  state: ReleaseState,
  gates: readonly CompiledGate[],
  at: number,
  decidableFrom: number,
): ReleaseState {
  if (gates.length === 0) return state;
  const opened: Record<string, GateState> = { ...state.gates };
  for (const gate of gates) {
    opened[gate.id] = {
      attempt: (state.gates[gate.id]?.attempt ?? 0) + 1,
      openedAt: at,
      dueAt: dueAt(state, gate, at, decidableFrom),
      verdict: null,
      evidence: null,
      closed: null,
    };
  }
  return { ...state, gates: opened };
}

function dueAt(state: ReleaseState, gate: CompiledGate, at: number, decidableFrom: number): number {
  if (gate.kind === 'approval') return at + gate.expiresMs;
  if (gate.kind === 'wait') return at + gate.waitMs;
  if (gate.kind === 'webhook') return at + gate.expiresMs;
  return decidableFrom + state.plan.policy.limits.decideMs;
}

/** Closes what is open: settled where there is a verdict to keep, cancelled where another one decided first. */
export function closeAll(state: ReleaseState, gates: readonly CompiledGate[]): ReleaseState {
  let changed = false;
  const closed: Record<string, GateState> = { ...state.gates };
  for (const { id } of gates) {
    const gate = closed[id];
    if (gate === undefined || gate.closed !== null) continue;
    changed = true;
    closed[id] = { ...gate, closed: gate.verdict === 'pass' || gate.verdict === 'fail' ? 'settled' : 'cancelled' };
  }
  return changed ? { ...state, gates: closed } : state;
}

/**
 * Folds a judge's word; one for another attempt, or for a closed gate, is no news (rule 12). The same verdict again is
 * news only when its reason is another one, or when it is the last word before the gate decides: what is explained then
 * has to have the numbers of then. What a judge wants remembered is news too.
 */
export function noteVerdict(state: ReleaseState, event: Extract<Fact, { readonly type: 'gate-judged' }>): ReleaseState {
  const gate = state.gates[event.gate];
  if (gate === undefined || gate.closed !== null || gate.attempt !== event.attempt) return state;
  const { verdict, evidence } = event;
  const isSame =
    gate.verdict === verdict &&
    gate.evidence?.reason === evidence.reason &&
    gate.evidence?.exposure === evidence.exposure &&
    event.memory === undefined;
  if (isSame && gate.evidence?.summary === evidence.summary) return state;
  const compiled = gateById(state, event.gate);
  const kind = compiled?.kind;
  if (compiled === undefined || (kind !== 'check' && kind !== 'analysis' && kind !== 'webhook')) return state;
  if (isSame && !isLastWord(state, compiled, gate, event.at)) return state;
  return withGate(state, event.gate, { verdict, evidence });
}

function isLastWord(state: ReleaseState, compiled: CompiledGate, gate: GateState, at: number): boolean {
  if (compiled.kind !== 'analysis') return false;
  const until = state.watch?.until ?? gate.dueAt;
  return at + state.plan.policy.analyses[compiled.analysis]!.everyMs >= (at <= until ? until : gate.dueAt);
}

export function settleGate(
  state: ReleaseState,
  id: string,
  verdict: Verdict,
  evidence: Evidence,
  by?: string,
): ReleaseState {
  return withGate(state, id, { verdict, evidence, closed: 'settled', ...(by === undefined ? {} : { by }) });
}

export function withGate(state: ReleaseState, id: string, patch: Partial<GateState>): ReleaseState {
  return { ...state, gates: { ...state.gates, [id]: { ...state.gates[id]!, ...patch } } };
}

/** Every gate that decides here says pass. An unopened gate says nothing, so it is no pass. */
export function allPassed(state: ReleaseState, gates: readonly CompiledGate[]): boolean {
  return gates.every((gate) => gate.dryRun || isPassed(state.gates[gate.id]));
}

/** The gate is no longer in the way: it said pass, or a person skipped it. */
export function isPassed(gate: GateState | undefined): boolean {
  return gate?.verdict === 'pass' || gate?.closed === 'skipped';
}

/** No guardrail is blind: one whose question can't be asked holds the release (it does not roll it back). */
export function guardrailsSee(state: ReleaseState): boolean {
  return guardrailsHere(state).every((gate) => gate.dryRun || state.gates[gate.id]?.verdict !== 'error');
}

/** A person is being waited for, or whoever a webhook asked and who answers later. */
export function awaitsPerson(state: ReleaseState): boolean {
  return openGates(state).some(
    ({ gate, state: { verdict } }) =>
      gate.kind === 'approval' || (gate.kind === 'webhook' && verdict === 'inconclusive'),
  );
}
