import { simulate } from '@bluegreen/simulator';
import { type Clocks, interleaved, rowOf } from './measure.js';
import { careful } from './policy.js';
import type { Row } from './row.js';

/** What a whole simulated release costs, at few and at very many requests per second: the same. */
export async function rateRows(clocks: Clocks, isQuick: boolean): Promise<readonly Row[]> {
  const at = (requestsPerSecond: number) => ({
    items: 5,
    run: (round: number) => {
      for (let run = 0; run < 5; run++) {
        simulate({ policy: careful, seed: (round + 10) * 5 + run, traffic: { requestsPerSecond } });
      }
    },
  });
  const costs = await interleaved({ few: at(10), many: at(1_000_000_000) }, isQuick ? 9 : 25, clocks.cpuMs, 5);
  return [
    rowOf(
      costs,
      {
        id: 'simulation/rate',
        what: 'simulated release at 1,000,000,000 requests/s',
        unit: 'ms',
        goal: { atLeast: 0.8, atMost: 1.25 },
      },
      'many',
      'few',
      'at 10 requests/s',
    ),
  ];
}
