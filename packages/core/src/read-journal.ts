import { fail, type Journal, type JournalCommand, type JournalRecord } from '@bluegreen/contract';
import { type CommandFact, isFact, nextState, type ReleaseEvent, type ReleaseState } from '@bluegreen/machine';

/** The state that a journal tells of; `null` for an empty one. */
export function foldRecords(records: readonly JournalRecord[]): ReleaseState | null {
  let state: ReleaseState | null = null;
  for (const { event } of records) {
    const known = event as ReleaseEvent;
    if (isFact(known)) state = nextState(state, known);
  }
  return state;
}

/** @throws `release/unknown` */
export async function readState(journal: Journal, releaseId: string): Promise<ReleaseState> {
  const state = foldRecords(await journal.read(releaseId));
  if (state === null) throw fail('release/unknown', { detail: releaseId });
  return state;
}

/** A command from the inbox as the fact it stands for; `null` for one that this version does not know. */
export function commandFact(command: JournalCommand, at: number): CommandFact | null {
  const { id, type } = command;
  const { by, reason, gate, abort, attempt, verdict } = command as JournalCommand & Readonly<Record<string, unknown>>;
  if (typeof by !== 'string' || typeof reason !== 'string') return null;
  const said = { at, command: id, by, reason };
  switch (type) {
    case 'approval-granted':
      return typeof gate === 'string' ? { type, ...said, gate } : null;
    case 'gate-skip-requested':
      return typeof gate === 'string' ? { type, ...said, gate } : null;
    case 'webhook-answered': {
      const isWhole = typeof gate === 'string' && typeof attempt === 'number';
      return isWhole && (verdict === 'pass' || verdict === 'fail') ? { type, ...said, gate, attempt, verdict } : null;
    }
    case 'rollback-requested':
      return { type, ...said, abort: abort === true };
    case 'pause-requested':
    case 'resume-requested':
    case 'retry-requested':
    case 'retention-cut':
      return { type, ...said };
    default:
      return null;
  }
}
