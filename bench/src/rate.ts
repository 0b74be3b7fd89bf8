import { simulate } from '@bluegreen/simulator';
import { type Clocks, interleaved, rowOf } from './measure.js';
import { careful } from './policy.js';
import type { Row } from './row.js';

/** What a whole simulated release costs, at few and at very many requests per second: the same. */
export async function rateRows(clocks: Clocks, isQuick: boolean): Promise<readonly Row[]> {
  const at = (requestsPerSecond: number) => ({
    items: 1,
    run: (round: number) => simulate({ policy: careful, seed: round + 2, traffic: { requestsPerSecond } }),
  });
  const costs = await interleaved({ few: at(10), many: at(1_000_000) }, isQuick ? 3 : 15, clocks.cpuMs);
  return [
    rowOf(
      costs,
      {
        id: 'simulation/rate',
        what: 'simulated release at 1,000,000 requests/s',
        unit: 'ms',
        goal: { ratio: 'at-most', limit: 1.25 },
      },
      'many',
      'few',
      'at 10 requests/s',
    ),
  ];
}
