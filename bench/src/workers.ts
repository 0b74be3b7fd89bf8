import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { simulate } from '@bluegreen/simulator';
import { type Clocks, median } from './measure.js';
import { tenSteps } from './policy.js';
import type { Row } from './row.js';

/** The seeds that one worker runs, from the first, each `step`th. */
interface Share {
  readonly program: 'bench-worker';
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

/** True in a worker that `workerRows` has started. */
export function isWorker(): boolean {
  return !isMainThread && (workerData as Partial<Share> | null)?.program === 'bench-worker';
}

/** The other side: runs its share when it is told to, and answers with what came of it, never with the runs. */
export function work(): void {
  const { first, step, count } = workerData as Share;
  // What is measured is the work, not the compiling.
  for (let seed = 0; seed < 20; seed++) outcomeOf(count + seed);
  parentPort!.on('message', () => {
    let sum = 0;
    for (let index = first; index < count; index += step) sum += outcomeOf(index);
    parentPort!.postMessage(sum);
  });
  parentPort!.postMessage(0);
}

function outcomeOf(seed: number): number {
  const { outcome, records } = simulate({ policy: tenSteps, seed });
  return records.length + (outcome.kind === 'promoted' ? 1_000_000 : 0);
}

/** Many rollouts of 600 ticks on two workers, held against one. The seed is the index, so both come to the same. */
export async function workerRows(program: string, clocks: Clocks, isQuick: boolean): Promise<readonly Row[]> {
  const count = isQuick ? 100 : 10_000;
  const walls: number[][] = [];
  const cpus: number[][] = [];
  for (let round = 0; round < (isQuick ? 3 : 1); round++) {
    const one = await measure(program, 1, count, clocks);
    const two = await measure(program, 2, count, clocks);
    if (one.sum !== two.sum) throw new Error('two workers come to another result than one');
    walls.push([two.wallMs, one.wallMs]);
    cpus.push([two.cpuMs, one.cpuMs]);
  }
  const what = `${count.toLocaleString('en-US')} rollouts of 600 ticks on 2 workers`;
  return [
    row({ id: 'workers/wall', what: `${what}, elapsed`, goal: { atMost: 0.6 } }, walls),
    row({ id: 'workers/cpu', what: `${what}, processor time`, goal: { atMost: 1.1 } }, cpus),
  ];
}

function row(said: Pick<Row, 'id' | 'what' | 'goal'>, rounds: readonly (readonly number[])[]): Row {
  const ratios = rounds.map(([two, one]) => two! / one!);
  return {
    ...said,
    unit: 'ms',
    value: median(rounds.map(([two]) => two!)),
    against: 'on 1 worker',
    againstValue: median(rounds.map(([, one]) => one!)),
    ratio: median(ratios),
    ratioQuartiles: [Math.min(...ratios), Math.max(...ratios)],
  };
}

async function measure(program: string, workers: number, count: number, clocks: Clocks) {
  const started = Array.from({ length: workers }, (_, first) => {
    const share: Share = { program: 'bench-worker', first, step: workers, count };
    return new Worker(new URL(program), { workerData: share });
  });
  await Promise.all(started.map(answerOf));
  const [wallMs, cpuMs] = [clocks.wallMs(), clocks.cpuMs()];
  for (const worker of started) worker.postMessage('go');
  const sums = await Promise.all(started.map(answerOf));
  const measured = { wallMs: clocks.wallMs() - wallMs, cpuMs: clocks.cpuMs() - cpuMs };
  await Promise.all(started.map((worker) => worker.terminate()));
  return { ...measured, sum: sums.reduce((total, sum) => total + sum, 0) };
}

function answerOf(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
