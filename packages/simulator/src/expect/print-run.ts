import { printReport } from '@bluegreen/report';
import type { SimulatedRun } from '../result/simulated-run.js';

/** A run for people: its seed, why it ended as it did, what was taken for granted, and the release as a tree. */
export function printRun(run: SimulatedRun, { columns = 100 }: { readonly columns?: number } = {}): string {
  const { seed, impact, records, assumed } = run;
  const lines = [
    `seed ${seed}: ${impact.failed} of ${impact.requests} requests failed, the new version got ${impact.candidateRequests}`,
    ...assumed.map((each) => `taken for granted: ${each}`),
    '',
    printReport(records, { columns, rows: 40 }),
  ];
  return lines.join('\n');
}
