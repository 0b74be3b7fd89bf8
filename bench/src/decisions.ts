import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { missedGoals } from './decisions/goals.js';
import { drawEvidence } from './decisions/picture.js';
import { emptyTable, judges, play, type Table } from './decisions/play.js';
import { printCells } from './decisions/print-cells.js';
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

if (isMainThread) {
  process.exitCode = await main(process.argv.slice(2));
} else {
  const { seed, first, step, runs, traffic } = workerData as Share;
  parentPort!.postMessage(play(seed, first, step, runs, traffic));
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
  const cells = await cellsOf(seed, runs, traffic);
  process.stdout.write(`${printCells(cells)}\n`);
  const missed = missedGoals(cells);
  for (const goal of missed) process.stdout.write(`missed: ${goal}\n`);
  const isFailed = missed.length > 0 && args.includes('--gate');
  if (args.includes('--json')) {
    const counted = { passed: cells.length - missed.length, failed: missed.length };
    process.stdout.write(`${JSON.stringify({ seed, runs, ...counted, missed, cells })}\n`);
  }
  return isFailed ? 1 : 0;
}

async function cellsOf(seed: number, runs: number, traffic: number | null): Promise<readonly Cell[]> {
  const workers = 2;
  const parts = await Promise.all(
    Array.from({ length: workers }, (_, first) => inWorker({ seed, first, step: workers, runs, traffic })),
  );
  const table = emptyTable();
  for (const part of parts) {
    for (const [index, tallies] of part.entries()) {
      for (const judge of judges) addTally(table[index]![judge], tallies[judge]);
    }
  }
  return situations.flatMap((situation, index) =>
    traffic === null || traffic === situation.traffic
      ? judges.map((judge) => cellOf(situation, judge, table[index]![judge]))
      : [],
  );
}

function inWorker(share: Share): Promise<Table> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
