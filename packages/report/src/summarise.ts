import type { JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import { closeOpenGates, judgeGate, openGate, requestApproval, settleGate } from './fold-gates.js';
import { noteCommand, pause, refuseCommand, resume, unpause } from './fold-people.js';
import { beginRollback, enterPhase, finish, getStuck, promote } from './fold-phases.js';
import { begin, noteOwner } from './fold-release.js';
import { failObservation, observeEnvironment, observeRouting, retireSlot, returnTraffic } from './fold-services.js';
import { enterStep, moveStep, reachStep } from './fold-steps.js';
import { drift, settleWrite, startWrite } from './fold-writes.js';
import type { ReleaseSummary } from './summary.js';

/**
 * What a journal says, for people: a fold of its records alone. `null` for a journal without a release.
 *
 * Total: events that it does not know, because a newer version wrote them, change nothing.
 */
export function summarise(records: readonly JournalRecord[]): ReleaseSummary | null {
  return records.reduce(nextSummary, null);
}

/** One more record, so that a live view need not fold everything again. */
export function nextSummary(summary: ReleaseSummary | null, record: JournalRecord): ReleaseSummary | null {
  const event = record.event as ReleaseEvent;
  if (summary === null) return event.type === 'release-requested' ? begin(event) : null;
  const next = fold(summary, event);
  return next.at >= event.at ? next : { ...next, at: event.at };
}

function fold(summary: ReleaseSummary, event: ReleaseEvent): ReleaseSummary {
  switch (event.type) {
    case 'orchestrator-resumed':
      return noteOwner(summary, event);
    case 'effect-started':
      return startWrite(summary, event);
    case 'effect-settled':
      return settleWrite(summary, event);
    case 'routing-observed':
      return observeRouting(summary, event);
    case 'environment-observed':
      return observeEnvironment(summary, event);
    case 'observation-failed':
      return failObservation(summary, event);
    case 'gate-judged':
      return judgeGate(summary, event);
    case 'approval-granted':
    case 'pause-requested':
    case 'rollback-requested':
    case 'retry-requested':
    case 'retention-cut':
      return noteCommand(summary, event);
    case 'resume-requested':
      return resume(noteCommand(summary, event), event.at);
    case 'command-refused':
      return refuseCommand(summary, event);
    default:
      return foldAnnouncement(summary, event);
  }
}

function foldAnnouncement(summary: ReleaseSummary, event: ReleaseEvent): ReleaseSummary {
  switch (event.type) {
    case 'phase-entered':
      return enterPhase(summary, event);
    case 'step-entered':
      return enterStep(summary, event);
    case 'step-reached':
      return reachStep(summary, event);
    case 'weight-raised':
    case 'weight-lowered':
      return moveStep(summary, event);
    case 'gate-opened':
      return openGate(summary, event);
    case 'approval-requested':
      return requestApproval(summary, event);
    case 'gate-settled':
      return settleGate(summary, event);
    case 'release-paused':
      return pause(summary, event);
    case 'release-resumed':
      return unpause(summary, event.at);
    case 'routing-drifted':
      return drift(summary, event);
    case 'rollback-begun':
      return beginRollback(summary, event);
    case 'traffic-returned':
      return returnTraffic(summary, event);
    case 'teardown-begun':
    case 'slot-retired':
      return retireSlot(summary, event);
    case 'release-promoted':
      return promote(summary, event);
    case 'retention-extended':
      return { ...summary, retainUntil: Math.max(summary.retainUntil ?? 0, event.retainUntil) };
    case 'release-rolled-back':
      return { ...summary, cause: event.cause };
    case 'release-stuck':
      return getStuck(summary, event);
    case 'release-finished':
      return finish(closeOpenGates(summary, event.at), event);
    default:
      return summary;
  }
}
