/**
 * A program of the consumer: every scenario through both drivers, and one comparison on 1, 2 and 7 workers. It fails where
 * two of them differ, and prints one digest of all of it, which has to be the same on every Node.
 */
export const determinismProgram = `
import { createHash } from 'node:crypto';
import { compare, prior, simulate, simulateAsync, type SimulatedRun } from '@bluegreen/simulator';
import { incidentPack, presets } from '@bluegreen/simulator/scenarios';

const policy = {
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '2m', minSamples: 500 } },
  verify: { gates: [{ check: 'smoke', timeout: '30s' }] },
  shift: [{ to: 10, hold: '3m' }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '5m', gates: [{ analysis: 'errors' }] },
  retire: { after: '1m' },
} as const;
const hash = createHash('sha256');
const textOf = ({ records }: SimulatedRun) => records.map((record) => JSON.stringify(record)).join('\\n');

for (const { name, world, crashIn } of [...presets(), ...incidentPack()]) {
  if (crashIn !== undefined) continue;
  const options = { ...world(), policy, seed: 5 };
  const inCallbacks = textOf(simulate(options));
  if (textOf(await simulateAsync(options)) !== inCallbacks) throw new Error(name + ': the drivers differ');
  hash.update(inCallbacks);
}

const policies = { policy, unwatched: { shift: [{ to: 100 }], retire: { after: '1m' } } } as const;
const compared = [];
for (const workers of [1, 2, 7]) {
  compared.push(JSON.stringify(await compare({ policies, scenarios: prior().slice(0, 4), runs: 40, seed: 2, workers })));
}
if (new Set(compared).size > 1) throw new Error('the number of workers makes a difference');
console.log(hash.update(compared[0]!).digest('hex'));
`;
