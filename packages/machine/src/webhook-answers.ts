import type { ErrorCode } from '@bluegreen/contract';
import type { CommandFact } from './events.js';
import { gateById, settleGate } from './gates.js';
import type { ReleaseState } from './state.js';

type Answered = Extract<CommandFact, { readonly type: 'webhook-answered' }>;

/** Why this answer counts for nothing; `null` when it counts. One for an earlier attempt is late, not wrong (rule 12). */
export function answerRefusal(state: ReleaseState, { gate: id, attempt }: Answered): ErrorCode | null {
  if (gateById(state, id)?.kind !== 'webhook') return 'release/gate-unknown';
  const gate = state.gates[id];
  if (gate === undefined || gate.closed !== null || gate.attempt !== attempt) return 'release/gate-not-open';
  return gate.verdict === 'pass' || gate.verdict === 'fail' ? 'release/gate-not-open' : null;
}

/** The word of whoever was asked. */
export function answer(state: ReleaseState, { gate, verdict, by, reason }: Answered): ReleaseState {
  return settleGate(state, gate, verdict, { summary: `${by}: ${reason}` }, by);
}
