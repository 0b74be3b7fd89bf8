import { clustered, poisson, type Sfc32 } from '@bluegreen/simulator/random';
import { type Counts, looksPerMinute, rates, type Situation } from './situations.js';

/** Counts of one look at a share of the traffic. */
export function drawCounts(stream: Sfc32, { traffic, candidate, cluster }: Situation, share: number): Counts {
  const requests = (traffic * 60) / looksPerMinute;
  const controlRequests = poisson(stream, requests * (1 - share));
  const candidateRequests = poisson(stream, requests * share);
  const bad = (mean: number, most: number): number =>
    Math.min(most, cluster === 1 ? poisson(stream, mean) : clustered(stream, mean, cluster));
  return {
    controlRequests,
    candidateRequests,
    controlBad: bad(requests * (1 - share) * rates.good, controlRequests),
    candidateBad: bad(requests * share * rates[candidate], candidateRequests),
  };
}

/** The hour before the release: the active slot alone, minute by minute. */
export function drawHistory(stream: Sfc32, { traffic, cluster }: Situation): readonly (readonly [number, number])[] {
  return Array.from({ length: 60 }, () => {
    const requests = poisson(stream, traffic * 60);
    const mean = traffic * 60 * rates.good;
    const bad = cluster === 1 ? poisson(stream, mean) : clustered(stream, mean, cluster);
    return [requests, Math.min(bad, requests)] as const;
  });
}

export function sumCounts(all: readonly Counts[]): Counts {
  return all.reduce((sum, counts) => ({
    controlRequests: sum.controlRequests + counts.controlRequests,
    controlBad: sum.controlBad + counts.controlBad,
    candidateRequests: sum.candidateRequests + counts.candidateRequests,
    candidateBad: sum.candidateBad + counts.candidateBad,
  }));
}
