import { definePolicy } from '@bluegreen/core';
import { printReport, terminalOptions } from '@bluegreen/report';
import { compare, errors, healthy, printComparison, prior, simulate } from '@bluegreen/simulator';

// What a safe release means here: two steps, a guardrail that watches every one of them, a bake, then retention.
const policy = definePolicy({
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '2m', minSamples: 500 } },
  verify: { gates: [{ check: 'smoke' }] },
  shift: [{ to: 5, hold: '5m' }, { to: 50, hold: '10m', gates: [{ analysis: 'errors' }] }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '30m', gates: [{ analysis: 'errors' }] },
  retire: { after: '1h' },
});

const releases = [
  { title: 'A good version: 0.1 % of its requests fail.', candidate: healthy(0.001) },
  { title: 'A bad version: 6 % of its requests fail.', candidate: errors({ rate: 0.06 }) },
];

for (const { title, candidate } of releases) {
  const startedAt = performance.now();
  const run = simulate({ policy, candidate, traffic: '200rps', seed: 7 });
  const { requests, failed } = run.ledger.services.web!;
  const minutes = Math.round((run.ledger.at - run.ledger.startedAt) / 60_000);
  console.log(`\n${title}\n`);
  console.log(printReport(run.records, terminalOptions(process.stdout, process.env)));
  console.log(`\n${run.outcome.sentence}`);
  console.log(
    `${failed.toLocaleString('en')} of ${requests.toLocaleString('en')} user requests failed. ` +
      `${minutes} simulated minutes took ${Math.round(performance.now() - startedAt)} ms; no cluster was harmed.`,
  );
}

// One run is one story. What is a policy worth over many, and what does a faster one save and cost?
const fast = { ...policy, shift: [{ to: 50, hold: '2m' }, { to: 100 }], bake: { for: '10m' } } as const;
console.log('\nThe same policy and a faster one, over the releases that one has to expect:\n');
const comparison = await compare({ policies: { careful: policy, fast }, scenarios: prior(), runs: 40, seed: 1 });
console.log(printComparison(comparison, { only: 'prior' }));
console.log('\nBoth policies and both versions are in examples/simulate/src/main.ts: change them and run it again.');
