import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { crossCheck } from './decisions/cross-check.js';
import { missedGoals, missedLatencyGoals, openGoals } from './decisions/goals.js';
import { emptyLatency, type LatencyCellRow, type LatencyTally, latencyRows, playLatency } from './decisions/latency.js';
import { drawEvidence } from './decisions/picture.js';
import { emptyTable, judges, play, type Table } from './decisions/play.js';
import { printCells, printLatency } from './decisions/print-cells.js';
import { situations } from './decisions/situations.js';
import { addTally, type Cell, cellOf } from './decisions/tally.js';

interface Share {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly runs: number;
  /** Only the cells with this traffic; `null`: all. */
  readonly traffic: number | null;
}

interface Part {
  readonly errors: Table;
  readonly latency: readonly LatencyTally[];
}

/** A run with histograms costs several times one without; a whole release a thousand times. */
const latencyShare = 5;
const releaseShare = 200;

if (isMainThread) {
  process.exitCode = await main(process.argv.slice(2));
} else {
  const { seed, first, step, runs, traffic } = workerData as Share;
  const part: Part = {
    errors: play(seed, first, step, runs, traffic),
    latency: traffic === null ? playLatency(seed, first, step, Math.ceil(runs / latencyShare)) : emptyLatency(),
  };
  parentPort!.postMessage(part);
}

/**
 * How often each judge is wrong, and what that costs. `--runs` of each cell, `--traffic` of the only cells, `--seed`, `--json`: the cells as one line, last.
 * `--svg`: instead of all that the picture of docs/concepts/judging.md. `--gate`: ends with 1 when a promise of our own judge is shown to be broken.
 */
async function main(args: readonly string[]): Promise<number> {
  const option = (name: string, byDefault: number): number =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : byDefault;
  const [runs, seed] = [option('--runs', 20_000), option('--seed', 1)];
  if (args.includes('--svg')) {
    process.stdout.write(drawEvidence(seed));
    return 0;
  }
  const traffic = args.includes('--traffic') ? option('--traffic', 0) : null;
  const { cells, latency } = await measure(seed, runs, traffic);
  process.stdout.write(`${printCells(cells)}\n`);
  if (traffic === null) process.stdout.write(`\n${printLatency(latency)}\n`);
  const checks = traffic === null ? crossCheck(cells, Math.max(3, Math.ceil(runs / releaseShare))) : [];
  for (const { candidate, releases, rolledBack, agrees } of checks) {
    const word = agrees ? 'as in the table' : 'not as in the table';
    process.stdout.write(`whole releases, ${candidate}: ${rolledBack} of ${releases} rolled back, ${word}\n`);
  }
  const missed = [
    ...missedGoals(cells),
    ...(traffic === null ? missedLatencyGoals(latency) : []),
    ...checks.filter(({ agrees }) => !agrees).map(({ candidate }) => `whole releases of ${candidate} go another way`),
  ];
  const stillOpen = openGoals(cells);
  for (const goal of missed) process.stdout.write(`missed: ${goal}\n`);
  for (const goal of stillOpen) process.stdout.write(`not reached yet: ${goal}\n`);
  const isFailed = missed.length > 0 && args.includes('--gate');
  if (args.includes('--json')) {
    const counted = { passed: cells.length - missed.length, failed: missed.length };
    process.stdout.write(
      `${JSON.stringify({ seed, runs, ...counted, missed, open: stillOpen, cells, latency: traffic === null ? latency : [], checks })}\n`,
    );
  }
  return isFailed ? 1 : 0;
}

async function measure(
  seed: number,
  runs: number,
  traffic: number | null,
): Promise<{ readonly cells: readonly Cell[]; readonly latency: readonly LatencyCellRow[] }> {
  const workers = 2;
  const parts = await Promise.all(
    Array.from({ length: workers }, (_, first) => inWorker({ seed, first, step: workers, runs, traffic })),
  );
  const table = emptyTable();
  const latency = emptyLatency();
  for (const part of parts) {
    for (const [index, tallies] of part.errors.entries()) {
      for (const judge of judges) addTally(table[index]![judge], tallies[judge]);
    }
    for (const [index, tally] of part.latency.entries()) {
      const sum = latency[index]!;
      for (const key of Object.keys(sum) as (keyof LatencyTally)[]) sum[key] += tally[key];
    }
  }
  const cells = situations.flatMap((situation, index) =>
    traffic === null || traffic === situation.traffic
      ? judges.map((judge) => cellOf(situation, judge, table[index]![judge]))
      : [],
  );
  return { cells, latency: latencyRows(latency) };
}

function inWorker(share: Share): Promise<Part> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
