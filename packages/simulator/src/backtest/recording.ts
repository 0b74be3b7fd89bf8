import { fail } from '../failure.js';

/** What one version answered in one cell. */
export interface RecordedCounts {
  readonly requests: number;
  /** Of these requests. */
  readonly errors: number;
}

/** A stretch of a past release, in milliseconds since the epoch, and what both versions answered in it. */
export interface RecordedCell {
  readonly fromMs: number;
  readonly toMs: number;
  readonly active: RecordedCounts;
  readonly candidate: RecordedCounts;
}

/** The metrics of one past release. Plain data. */
export interface Recording {
  /** Names the release in reports. */
  readonly name: string;
  /** Oldest first, without overlap. Those before the candidate had users are the past of the active version. */
  readonly cells: readonly RecordedCell[];
  /** What is known about the version by now: whether it should have been stopped. */
  readonly truth?: 'good' | 'bad';
}

/** @throws `simulator/recording-invalid` with what is wrong and where */
export function checkRecording({ name, cells }: Recording): void {
  const refuse = (path: string, detail: string): never => {
    throw fail('simulator/recording-invalid', { path, detail: `${name}: ${detail}` });
  };
  let until = Number.NEGATIVE_INFINITY;
  cells.forEach((cell, index) => {
    const { fromMs, toMs } = cell;
    const path = `cells[${index}]`;
    if (!(Number.isFinite(fromMs) && Number.isFinite(toMs) && toMs > fromMs)) refuse(path, 'it is no stretch of time');
    if (fromMs < until) refuse(path, 'it begins before the one before it ends');
    until = toMs;
    for (const role of ['active', 'candidate'] as const) {
      const { requests, errors } = cell[role];
      if (![requests, errors].every((count) => Number.isSafeInteger(count) && count >= 0) || errors > requests) {
        refuse(`${path}.${role}`, `${errors} errors of ${requests} requests`);
      }
    }
  });
  if (!cells.some(({ candidate }) => candidate.requests > 0)) refuse('cells', 'the candidate never had a request');
}

/** When the candidate got its first users. */
export function candidateSince({ cells }: Recording): number {
  return cells.find(({ candidate }) => candidate.requests > 0)!.fromMs;
}

/** Until when the candidate had users: what comes after says nothing about it. */
export function candidateUntil({ cells }: Recording): number {
  return cells.findLast(({ candidate }) => candidate.requests > 0)!.toMs;
}
