import { binomial } from '../random/binomial.js';
import { keyedStreams } from '../random/keyed-streams.js';
import type { RecordedCell, Recording } from './recording.js';

export interface RecordedRelease {
  readonly name?: string;
  readonly truth?: 'good' | 'bad';
  readonly seed?: number;
  readonly requestsPerCell?: number;
  /** Share of the candidate, 0 to 1, by the minute since it had its first users. */
  readonly share: (minute: number) => number;
  readonly activeRate?: number;
  readonly candidateRate: number | ((minute: number) => number);
  readonly minutes?: number;
}

export const cellMs = 15_000;
export const recordedFrom = Date.UTC(2026, 1, 3, 9);

/** A release as a metric store would remember it: ten minutes of the active version alone, then both. */
export function recordedRelease(release: RecordedRelease): Recording {
  const { name = 'v2', seed = 1, requestsPerCell = 1_500, activeRate = 0.003, minutes = 60 } = release;
  const streams = keyedStreams(seed).key('recorded', name);
  const cells: RecordedCell[] = [];
  for (let cell = -40; cell < minutes * 4; cell++) {
    const minute = cell / 4;
    const stream = streams.at(cell + 40);
    const candidate = cell < 0 ? 0 : binomial(stream, requestsPerCell, release.share(minute));
    const rate = typeof release.candidateRate === 'number' ? release.candidateRate : release.candidateRate(minute);
    cells.push({
      fromMs: recordedFrom + cell * cellMs,
      toMs: recordedFrom + (cell + 1) * cellMs,
      active: counted(requestsPerCell - candidate, binomial(stream, requestsPerCell - candidate, activeRate)),
      candidate: counted(candidate, binomial(stream, candidate, rate)),
    });
  }
  return { name, cells, ...(release.truth === undefined ? {} : { truth: release.truth }) };
}

function counted(requests: number, errors: number) {
  return { requests, errors };
}
