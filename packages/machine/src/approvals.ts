import type { ErrorCode } from '@bluegreen/contract';
import type { CompiledGate } from './compiled-policy.js';
import type { CommandFact } from './events.js';
import { everyGate, isCalled, openGates, settleGate, withGate } from './gates.js';
import type { GateState, ReleaseState } from './state.js';

type Granted = Extract<CommandFact, { readonly type: 'approval-granted' }>;
type Approval = CompiledGate & { readonly kind: 'approval' };

/** How many people have to approve. Journals of earlier versions do not say; it was one then. */
export function neededApprovals({ count = 1 }: Approval): number {
  return count;
}

/** Why this person can't approve this now; `null` when they can. */
export function approvalRefusal(state: ReleaseState, { gate: name, by, roles }: Granted): ErrorCode | null {
  const open = findApproval(state, name);
  if (open === undefined) {
    const isKnown = everyGate(state).some((gate) => gate.kind === 'approval' && isCalled(gate, name));
    return isKnown ? 'release/approval-not-open' : 'release/approval-unknown';
  }
  const { gate, approvals } = open;
  // Separation of duties: who wants the release is not who says that it may go.
  if (by === state.requestedBy && gate.byRequester === 'refused') return 'release/approval-by-requester';
  if (roles !== undefined && !gate.from.some((role) => role === by || roles.includes(role))) {
    return 'release/approval-not-entitled';
  }
  return approvals.some((approval) => approval.by === by) ? 'release/approved-already' : null;
}

/** Notes one approval; the last one that is needed settles the gate. */
export function grant(state: ReleaseState, { gate: name, by, reason, at }: Granted): ReleaseState {
  const { gate, approvals } = findApproval(state, name)!;
  const granted = [...approvals, { by, reason, at }];
  const needed = neededApprovals(gate);
  const summary = `approved by ${granted.map((each) => `${each.by}: ${each.reason}`).join('; ')}`;
  if (granted.length >= needed) {
    const noted = needed === 1 ? state : withGate(state, gate.id, { approvals: granted });
    return settleGate(noted, gate.id, 'pass', { summary }, by);
  }
  const evidence = { summary: `${granted.length} of ${needed} approvals, ${summary}` };
  return withGate(state, gate.id, { approvals: granted, evidence });
}

function findApproval(
  state: ReleaseState,
  name: string,
): { readonly gate: Approval; readonly approvals: NonNullable<GateState['approvals']> } | undefined {
  for (const { gate, state: gateState } of openGates(state)) {
    if (gate.kind === 'approval' && isCalled(gate, name)) return { gate, approvals: gateState.approvals ?? [] };
  }
  return undefined;
}
