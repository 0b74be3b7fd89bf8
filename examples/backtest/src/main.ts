import { definePolicy } from '@bluegreen/core';
import { backtestAll, printBacktest, sweepPolicy } from '@bluegreen/simulator';
import { pastReleases } from './past-releases.js';

// The policy that is in use. Would it have stopped what had to be stopped last month?
const policy = definePolicy({
  analyses: { errors: { kind: 'threshold', maxRate: 0.05, window: '3m', minSamples: 500, every: '30s' } },
  shift: [{ to: 10, hold: '6m', gates: [{ analysis: 'errors' }] }, { to: 20, hold: '4m' }, { to: 100 }],
  guardrails: ['errors'],
});

const table = backtestAll(policy, pastReleases);
console.log(printBacktest(table));
console.log(
  `\nMissed: ${table.missed.join(', ') || 'none'}. Stopped without need: ${table.falseStops.join(', ') || 'none'}.`,
);

const swept = sweepPolicy(policy, { 'analyses.errors.maxRate': [0.002, 0.01, 0.02, 0.05] }, pastReleases);
console.log('\nOther limits, the best first:');
for (const { values, missed, falseStops, outcomes, excessErrors } of swept) {
  const { stopped } = outcomes.bad;
  console.log(
    `  ${values['analyses.errors.maxRate']}: ${stopped} bad ones stopped, ${missed.length} missed, ` +
      `${falseStops.length} good ones stopped, ${Math.round(excessErrors)} excess errors`,
  );
}
console.log('\nThe releases are in examples/backtest/src/past-releases.ts. To keep the best limit, store this policy:');
console.log(JSON.stringify(swept[0]!.policy, null, 2));
