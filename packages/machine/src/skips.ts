import type { ErrorCode } from '@bluegreen/contract';
import type { CompiledGate } from './compiled-policy.js';
import type { CommandFact } from './events.js';
import { everyGate, gatesHere, isCalled, isPassed, withGate } from './gates.js';
import type { ReleaseState } from './state.js';

type Skip = Extract<CommandFact, { readonly type: 'gate-skip-requested' }>;

/** The role that `authorize` is asked for when somebody wants to skip a gate. */
export const skipRole = 'skip-gate';

/** Why this gate can't be skipped now; `null` when it can. A guardrail is never skipped: it has nothing to pass. */
export function skipRefusal(state: ReleaseState, { gate: name, roles }: Skip): ErrorCode | null {
  const gate = findGate(state, name);
  if (gate === undefined) {
    const known = everyGate(state).filter((each) => isCalled(each, name));
    if (known.length === 0) return 'release/gate-unknown';
    const { guardrails } = state.plan.policy;
    return known.every((each) => guardrails.includes(each)) ? 'release/gate-not-skippable' : 'release/gate-not-open';
  }
  return roles !== undefined && !roles.includes(skipRole) ? 'release/skip-not-entitled' : null;
}

/** Closes the gate without a verdict. Whatever a judge still says of this attempt is no news. */
export function skip(state: ReleaseState, { gate: name, by, reason }: Skip): ReleaseState {
  const { id } = findGate(state, name)!;
  const summary = `skipped by ${by}: ${reason}`;
  return withGate(state, id, { closed: 'skipped', evidence: { summary }, by });
}

/** The gate of the present phase or step that is still in the way: open, or failed while the release is paused for it. */
function findGate(state: ReleaseState, name: string): CompiledGate | undefined {
  return gatesHere(state).find((gate) => {
    const gateState = state.gates[gate.id];
    if (!isCalled(gate, name) || gateState === undefined || isPassed(gateState)) return false;
    return gateState.closed === null || state.paused !== null;
  });
}
