import { printInstant } from '@bluegreen/contract';
import { neededApprovals } from './approvals.js';
import { call, gateEvidence, offer, offerRollback, say, traffic } from './explain-words.js';
import type { Explanation } from './explanation.js';
import { gatesHere, isPassed, openGates } from './gates.js';
import type { ReleaseState } from './state.js';
import { serviceNames, serviceOf } from './update.js';

/** What only a person can move on; `null` where the release goes on by itself. */
export function explainHeld(state: ReleaseState): Explanation | null {
  return explainDrift(state) ?? explainPaused(state) ?? explainApproval(state);
}

function explainDrift(state: ReleaseState): Explanation | null {
  for (const name of serviceNames(state)) {
    const { drifted, seen } = serviceOf(state, name).routing;
    if (drifted === null) continue;
    const since = printInstant(drifted.since);
    if (seen?.foreign != null) {
      const gone = `Since ${since} our place in the router of ${name} is gone or somebody else's: ${drifted.summary}`;
      const restore = 'Restore our place in the router as it was; the release then goes on by itself';
      return say('drifted', [gone, 'Nothing was overwritten'], [], [restore]);
    }
    const changed = `Since ${since} the router of ${name} holds something that somebody else wrote: ${drifted.summary}`;
    return say(
      'drifted',
      [changed, 'Nothing was overwritten'],
      [],
      [
        ...offer(state, 'resume', 'overwrites it and goes on'),
        ...offerRollback(state),
        'Undo the change; the release then goes on by itself',
      ],
    );
  }
  return null;
}

function explainPaused(state: ReleaseState): Explanation | null {
  const { paused } = state;
  if (paused === null) return null;
  const since = printInstant(paused.at);
  const isPolicy = paused.by === 'policy';
  const why = isPolicy
    ? `Paused in ${state.phase} since ${since}, because a gate failed: ${paused.reason}`
    : `Paused in ${state.phase} since ${since} by ${paused.by}: ${paused.reason}`;
  const resume = offer(state, 'resume', isPolicy ? 'asks the gate again' : 'goes on');
  const failed = isPolicy ? gatesHere(state).find(({ id }) => isUnpassed(state, id)) : undefined;
  const skip =
    failed === undefined ? [] : [call(state, 'skipGate', 'takes it out of the way; resume then goes on', failed.name)];
  return say('paused', [why, traffic(state)], gateEvidence(state), [...resume, ...skip, ...offerRollback(state)]);
}

/** Closed without a pass: it stands in the way until it is asked again or skipped. */
function isUnpassed(state: ReleaseState, id: string): boolean {
  const gate = state.gates[id];
  return gate !== undefined && gate.closed !== null && !isPassed(gate);
}

function explainApproval(state: ReleaseState): Explanation | null {
  const open = openGates(state).find(({ gate }) => gate.kind === 'approval' && !gate.dryRun);
  if (open?.gate.kind !== 'approval' || !isAllElsePassed(state)) return null;
  const { name, from, onExpiry, onFailure, byRequester } = open.gate;
  const needed = neededApprovals(open.gate);
  const given = open.state.approvals ?? [];
  const then = onExpiry === 'continue' ? 'goes on' : onFailure === 'pause' ? 'pauses' : 'rolls back';
  const due = printInstant(open.state.dueAt);
  const many = needed === 1 ? '' : `, ${needed - given.length} more of ${needed} people`;
  const sentence = `Waiting for ${from.join(' or ')} to approve ${name}${many} until ${due}; without an answer it ${then}`;
  const so = given.length === 0 ? null : `Approved so far by ${given.map(({ by }) => by).join(', ')}`;
  const notBy = byRequester === 'refused' ? `${state.requestedBy} requested the release and can't approve it` : null;
  const isLast = needed - given.length === 1;
  const approve = call(state, 'approve', isLast ? 'goes on' : 'is one of those that are needed', name);
  return say('approval-awaited', [sentence, so, notBy], gateEvidence(state), [approve, ...offerRollback(state)]);
}

/** The approval is what is waited for, not one gate of several. */
function isAllElsePassed(state: ReleaseState): boolean {
  return gatesHere(state).every((gate) => gate.kind === 'approval' || gate.dryRun || isPassed(state.gates[gate.id]));
}
