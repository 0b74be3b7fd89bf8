import { beginErrorRatio, errorRatioEvidence, errorRatioTests, weighErrors } from '@bluegreen/gates';
import { simulate } from '@bluegreen/simulator';
import { options } from './decisions/ours.js';
import { type Clocks, interleaved, rowOf } from './measure.js';
import { tenSteps } from './policy.js';
import type { Row } from './row.js';

/** What one look of the error gate costs, held against one tick of a whole simulated release. */
export async function gateRows(clocks: Clocks, isQuick: boolean): Promise<readonly Row[]> {
  const looks = 2_400;
  const costs = await interleaved(
    {
      gate: { items: looks, run: () => lookMany(looks) },
      tick: { items: 600, run: (round) => simulate({ policy: tenSteps, seed: round + 2 }) },
    },
    isQuick ? 5 : 15,
    clocks.cpuMs,
  );
  const what = 'one look of an error-ratio gate: weigh a cell, sum up the evidence';
  const said = { id: 'gates/look', what, unit: 'ns', goal: { atMost: 0.2 } } as const;
  return [rowOf(costs, said, 'gate', 'tick', 'one of 600 ticks of a simulated release')];
}

function lookMany(looks: number): number {
  const tests = errorRatioTests(options);
  const state = beginErrorRatio(tests);
  let sum = 0;
  for (let look = 0; look < looks; look++) {
    const cell = {
      controlRequests: 1_350,
      controlBad: 4 + (look % 3),
      candidateRequests: 150,
      candidateBad: look % 2,
      durationMs: options.everyMs,
      leftMs: (looks - look) * options.everyMs,
    };
    weighErrors(tests, state, cell);
    sum += errorRatioEvidence(tests, state).fail;
  }
  return sum;
}
