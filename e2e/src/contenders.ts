// Several orchestrators at once on one release, one of them stopped past its lease and woken again; and a journal that
// is opened a thousand times while another process appends to it.
// Arguments: --json, --rounds N (default 100), --opens N (default 1000), --seed N.

import { execFileSync } from 'node:child_process';
import { readlinkSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareFences, type Fence } from '@bluegreen/contract';
import { fileJournal, type Policy } from '@bluegreen/core';
import type { JournalOpensReport } from './journal-opens.js';
import type { NginxTask } from './orchestrator.js';
import { leftAlone, startOrchestrator } from './stage/orchestrators.js';
import { seededRandom } from './stage/seeded-random.js';
import { type Stage, startStage } from './stage/stage.js';

const contenders = 3;
const leaseTtlMs = 400;
const policy: Policy<'answers'> = {
  shift: [{ to: 10, hold: '150ms' }, { to: 50, hold: '150ms', gates: [{ check: 'answers' }] }, { to: 100 }],
  bake: { for: '150ms' },
  retire: { after: 'immediately' },
  limits: { poll: '20ms', call: '5s' },
};

interface Round {
  /** Switches that took the router back to an older write. */
  readonly overlaps: number;
  /** The release did not end as the newest owner decided. */
  readonly lateWins: number;
  readonly takenOver: boolean;
  readonly problem: string | null;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '100' },
      opens: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
    },
  });
  console.error(`seed ${values.seed}`);
  const stage = await startStage('that two orchestrators never write at the same time');
  const total = { rounds: 0, overlaps: 0, lateWins: 0, takenOver: 0, problems: 0 };
  const random = seededRandom(Number(values.seed));
  try {
    for (let index = 0; index < Number(values.rounds); index++) {
      const round = await contend(stage, index, random() * 700);
      total.rounds++;
      total.overlaps += round.overlaps;
      total.lateWins += round.lateWins;
      if (round.takenOver) total.takenOver++;
      if (round.problem !== null) {
        total.problems++;
        console.error(`round ${index}: ${round.problem}`);
      }
    }
  } finally {
    await stage.close();
  }
  const journal = openJournals(values.opens);
  const { requests, failed: failedRequests, wrong } = await stage.users.stop();
  for (const record of wrong) console.error(JSON.stringify(record));
  const result = { ...total, requests, failedRequests, ...journal };
  console.log(values.json ? JSON.stringify(result) : result);
  const bad =
    total.overlaps + total.lateWins + total.problems + failedRequests + journal.lostRecords + journal.stolenLeases;
  // A run in which nobody was ever overtaken has shown nothing.
  return bad === 0 && total.takenOver > 0 ? 0 : 1;
}

/** A suite of its own, in a process of its own; its figures become part of this one's. */
function openJournals(opens: string): JournalOpensReport {
  const script = fileURLToPath(new URL('./journal-opens.js', import.meta.url));
  const output = execFileSync(process.execPath, [script, '--opens', opens, '--json'], { encoding: 'utf8' });
  return JSON.parse(output.trim().split('\n').at(-1)!) as JournalOpensReport;
}

async function contend(stage: Stage, index: number, stopAfterMs: number): Promise<Round> {
  const task = taskOf(stage, index);
  const watcher = watchSwitches(stage);
  const first = startOrchestrator('orchestrator', task);
  await first.started;
  await requested(stage, task.releaseId);
  const others = Array.from({ length: contenders - 1 }, () =>
    startOrchestrator('orchestrator', { ...task, follow: true }),
  );
  await Promise.all(others.map(({ started }) => started));
  await new Promise((resolve) => setTimeout(resolve, stopAfterMs));
  first.child.kill('SIGSTOP');
  const ends = await Promise.all(others.map(({ ended }) => ended));
  first.child.kill('SIGCONT');
  // The woken one finds that it is fenced off, and follows the release to its end like anybody else.
  const late = await first.ended;
  const seen = watcher.stop();
  const { routing, fence } = await stage.traffic.observe({ signal: AbortSignal.timeout(5_000) });
  const problem = [...ends, late].map((end) => end.problem).find((each) => each !== null) ?? null;
  const newest = seen.fences.reduce((a, b) => (compareFences(a, b) > 0 ? a : b));
  const isFinal = routing.kind === 'split' && fence !== undefined && compareFences(fence, newest) === 0;
  const isPromoted = ends.every(({ report }) => report?.end === 'promoted');
  return {
    overlaps: seen.steps.filter(([before, after]) => compareFences(after, before) < 0).length,
    lateWins: isFinal && isPromoted ? 0 : 1,
    takenOver: new Set(seen.fences.map(({ epoch }) => epoch)).size > 2,
    problem: problem ?? (isPromoted ? null : `ended ${ends.map(({ report }) => report?.end).join(', ')}`),
  };
}

interface Seen {
  readonly fences: readonly Fence[];
  readonly steps: readonly (readonly [Fence, Fence])[];
}

/** Watches, from outside, which write the router's switch shows, and in which order. */
function watchSwitches({ options }: Stage): { stop(): Seen } {
  const directory = options.stateDirectory!;
  const fences: Fence[] = [];
  const look = (): void => {
    const [, epoch, sequence] = /(\d+)-(\d+)$/.exec(readlinkSync(join(directory, 'current')))!;
    const fence = { epoch: Number(epoch), sequence: Number(sequence) };
    const last = fences.at(-1);
    if (last === undefined || compareFences(last, fence) !== 0) fences.push(fence);
  };
  look();
  const watcher = watch(directory, look);
  const timer = setInterval(look, 2);
  return {
    stop() {
      watcher.close();
      clearInterval(timer);
      look();
      return { fences, steps: fences.slice(1).map((fence, index) => [fences[index]!, fence] as const) };
    },
  };
}

async function requested(stage: Stage, releaseId: string): Promise<void> {
  const journal = fileJournal(stage.journal);
  while ((await journal.read(releaseId)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

function taskOf(stage: Stage, index: number): NginxTask {
  const { options, journal, backends, control } = stage;
  return {
    journal,
    nginx: options,
    urls: backends.urls,
    controlUrl: control.url,
    releaseId: `contended-${index}`,
    versions: { web: `v${index}` },
    policy,
    leaseTtlMs,
    ...leftAlone,
  };
}

process.exitCode = await main();
