import type { LoggedWrite } from '@bluegreen/example-platform';
import type { Chat } from './chat.js';
import { effectsTwice } from './witness.js';

/** What every part of the suite adds to. */
export interface Tally {
  runs: number;
  converged: number;
  approvalsLost: number;
  effectsTwice: number;
  kills: number;
  endedBySigterm: number;
  writes: number;
  readonly problems: string[];
}

export interface Stage {
  readonly directory: string;
  readonly chat: Chat;
  /** From 0 to 1, from the seed. */
  readonly random: () => number;
  readonly tally: Tally;
}

export function noTally(): Tally {
  return {
    runs: 0,
    converged: 0,
    approvalsLost: 0,
    effectsTwice: 0,
    kills: 0,
    endedBySigterm: 0,
    writes: 0,
    problems: [],
  };
}

/** Counts a process that a signal reached before it ended by itself. */
export function countSignal(tally: Tally, signal: NodeJS.Signals): void {
  if (signal === 'SIGKILL') tally.kills++;
  else tally.endedBySigterm++;
}

export function countWrites(tally: Tally, log: readonly LoggedWrite[]): void {
  const twice = effectsTwice(log);
  tally.writes += log.length;
  tally.effectsTwice += twice.length;
  tally.problems.push(...twice);
}
