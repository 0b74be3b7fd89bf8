import { type ArgoMetric, addToArgo, beginArgo, measureArgo } from '@bluegreen/gates/peers/argo';
import { beginFlagger, type FlaggerAnalysis, tickFlagger } from '@bluegreen/gates/peers/flagger';
import { type Counts, type Ending, endingOf, excessPerMinute, minutes, type Situation, weight } from './situations.js';

const argoMetric: ArgoMetric = {
  successCondition: (rate) => rate < 0.01,
  hasInterval: true,
  count: 5,
  failureLimit: 1,
};

/** Argo Rollouts as it is usually set up, its first window after the shift: below 1 %, five minutes, one may be bad. */
export function playArgo(situation: Situation, byMinute: readonly Counts[]): Ending {
  let state = beginArgo;
  for (let minute = 1; minute <= minutes; minute++) {
    const { candidateRequests, candidateBad } = byMinute[minute - 1]!;
    // Nothing divided by nothing is not a number, which is no success.
    state = addToArgo(argoMetric, state, measureArgo(argoMetric, { value: candidateBad / candidateRequests }));
    const spent = excessPerMinute(situation, weight) * minute;
    if (state.phase === 'failed') return endingOf(situation, 'rolled-back', minute, spent);
    if (state.phase === 'successful') return endingOf(situation, 'shipped', minute, spent);
  }
  return endingOf(situation, 'undecided', minutes, excessPerMinute(situation, weight) * minutes);
}

const flaggerAnalysis: FlaggerAnalysis = {
  threshold: 5,
  iterations: 10,
  metrics: [{ name: 'errors', thresholdRange: { max: 0.01 } }],
};

/** Flagger as it is usually set up: at most 1 %, five bad minutes roll back, ten good ones promote. */
export function playFlagger(situation: Situation, byMinute: readonly Counts[]): Ending {
  let state = beginFlagger;
  for (let minute = 1; minute <= minutes; minute++) {
    const { candidateRequests, candidateBad } = byMinute[minute - 1]!;
    const errors = candidateRequests === 0 ? null : candidateBad / candidateRequests;
    state = tickFlagger(flaggerAnalysis, state, { errors });
    const spent = excessPerMinute(situation, weight) * minute;
    if (state.phase === 'failed') return endingOf(situation, 'rolled-back', minute, spent);
    if (state.phase === 'promoted') return endingOf(situation, 'shipped', minute, spent);
  }
  return endingOf(situation, 'undecided', minutes, excessPerMinute(situation, weight) * minutes);
}

/** Φ⁻¹(0.99). */
const bound = 2.3263478740408408;

/** A test for one look that is looked at every minute: 1 % by name. */
export function playNaive(situation: Situation, byMinute: readonly Counts[]): Ending {
  let [n0, x0, n1, x1] = [0, 0, 0, 0];
  for (let minute = 1; minute <= minutes; minute++) {
    const counts = byMinute[minute - 1]!;
    n0 += counts.controlRequests;
    x0 += counts.controlBad;
    n1 += counts.candidateRequests;
    x1 += counts.candidateBad;
    const pooled = (x0 + x1) / (n0 + n1);
    const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n0 + 1 / n1));
    if (deviation > 0 && (x1 / n1 - x0 / n0) / deviation > bound) {
      return endingOf(situation, 'rolled-back', minute, excessPerMinute(situation, weight) * minute);
    }
  }
  return endingOf(situation, 'shipped', minutes, excessPerMinute(situation, weight) * minutes);
}
