import type { LoggedWrite } from '@bluegreen/example-platform';
import type { Chat } from './chat.js';
import { effectsTwice } from './witness.js';

/** The processes of the suite, by what they are for. */
export const roles = ['ci-job', 'approve', 'drive', 'server'] as const;
export type Role = (typeof roles)[number];

export const signals = ['SIGKILL', 'SIGTERM'] as const;
export type Signal = (typeof signals)[number];

/** What every part of the suite adds to. */
export interface Tally {
  runs: number;
  converged: number;
  approvalsLost: number;
  /** Answers of the change board. */
  answersLost: number;
  effectsTwice: number;
  /** How often processes of each role were ended before they were done, by each signal. */
  readonly ended: Record<Role, Record<Signal, number>>;
  /** How long a server took to end after SIGTERM, and one to begin, at the most. */
  sigtermMaxMs: number;
  startMaxMs: number;
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

const none = () => ({ SIGKILL: 0, SIGTERM: 0 });

export function noTally(): Tally {
  return {
    runs: 0,
    converged: 0,
    approvalsLost: 0,
    answersLost: 0,
    effectsTwice: 0,
    ended: { 'ci-job': none(), approve: none(), drive: none(), server: none() },
    sigtermMaxMs: 0,
    startMaxMs: 0,
    writes: 0,
    problems: [],
  };
}

/** Every role was ended by every signal: else the run has not shown what it is for. */
export function everyRoleWasEnded({ ended }: Tally): boolean {
  return roles.every((role) => signals.every((signal) => ended[role][signal] > 0));
}

export function countWrites(tally: Tally, log: readonly LoggedWrite[]): void {
  const twice = effectsTwice(log);
  tally.writes += log.length;
  tally.effectsTwice += twice.length;
  tally.problems.push(...twice);
}
