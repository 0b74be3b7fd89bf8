import { binomial } from '../random/binomial.js';
import type { StreamKey } from '../random/keyed-streams.js';
import type { RecordedCell, RecordedCounts } from './recording.js';

/** What a recorded cell comes to when the candidate has another share of the users than it had. */
export interface ThinnedCell {
  readonly active: RecordedCounts;
  readonly candidate: RecordedCounts;
  /** How much of the recorded traffic could be used, 0 to 1. */
  readonly used: number;
}

/**
 * Deals the recorded requests anew. Of each version at most what was recorded can be used, because what it would have
 * answered to others is not known; so the largest part of the traffic is taken of which both versions have their share.
 * From their records each request is kept with the same chance (binomial thinning, which of independent errors leaves
 * independent errors at the same rate). The split is the replayed one; only the evidence is less.
 *
 * @param share Of the candidate in the replay, 0 to 1.
 */
export function thinCell(
  { active, candidate }: RecordedCell,
  share: number,
  streams: StreamKey,
  cell: number,
): ThinnedCell {
  const total = active.requests + candidate.requests;
  const wanted = { active: total * (1 - share), candidate: total * share };
  if (total === 0) return { active: { requests: 0, errors: 0 }, candidate: { requests: 0, errors: 0 }, used: 1 };
  const used = Math.min(
    1,
    share > 0 ? candidate.requests / wanted.candidate : 1,
    share < 1 ? active.requests / wanted.active : 1,
  );
  const stream = streams.at(cell);
  const keep = ({ requests, errors }: RecordedCounts, wantedRequests: number): RecordedCounts => {
    const chance = requests === 0 ? 0 : Math.min(1, (used * wantedRequests) / requests);
    const kept = binomial(stream, errors, chance);
    return { requests: kept + binomial(stream, requests - errors, chance), errors: kept };
  };
  return { active: keep(active, wanted.active), candidate: keep(candidate, wanted.candidate), used };
}
