import type { ReleaseEvent } from '@bluegreen/core';
import type { BoardAnswer } from './board.js';

/** What a person asks of the server, and the event that says that it was done. */
export interface Ask {
  readonly verb: 'approve' | 'pause' | 'resume' | 'rollback' | 'skip';
  readonly gate: string;
  readonly done: ReleaseEvent['type'];
}

/** How one release of a round goes: who decides about it, and how it ends. */
export interface Part {
  readonly name: string;
  readonly policy: 'person' | 'board';
  readonly isPromoted: boolean;
  /** How the board answers as it is asked; `null`: it is not asked. */
  readonly board: BoardAnswer | null;
  /** What the board answers later; `null`: nothing. */
  readonly later: 'pass' | 'fail' | null;
  readonly asks: readonly Ask[];
}

const byPerson = { policy: 'person', board: null, later: null, isPromoted: true } as const;
const byBoard = { policy: 'board', isPromoted: true, later: null, asks: [] } as const;
const gate = 'go-live';
const approve: Ask = { verb: 'approve', gate, done: 'approval-granted' };
const approved: Part = { ...byPerson, name: 'approved', asks: [approve] };
const skip: Ask = { verb: 'skip', gate: 'change-board', done: 'gate-skip-requested' };
const pauses: readonly Ask[] = [
  { verb: 'pause', gate, done: 'release-paused' },
  { verb: 'resume', gate, done: 'release-resumed' },
];

/** Of ten releases, one each; the others are approved. */
const others: readonly Part[] = [
  { ...byPerson, name: 'taken back', isPromoted: false, asks: [{ verb: 'rollback', gate, done: 'rollback-begun' }] },
  { ...byPerson, name: 'paused', asks: [...pauses, approve] },
  { ...byBoard, name: 'agreed at once', board: { status: 200, verdict: 'pass' } },
  { ...byBoard, name: 'agreed later', board: { status: 202 }, later: 'pass' },
  { ...byBoard, name: 'refused at once', isPromoted: false, board: { status: 200, verdict: 'fail' } },
  { ...byBoard, name: 'refused later', isPromoted: false, board: { status: 202 }, later: 'fail' },
  { ...byBoard, name: 'skipped while the board thinks', board: { status: 202 }, asks: [skip] },
];

export function partAt(index: number): Part {
  return others[index % 10] ?? approved;
}
