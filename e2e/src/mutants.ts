// Guards of the machine, the gates and the runner are taken away one at a time, and every mutant is judged by what the
// simulator promises, and by nothing else, in the same simulated worlds. The unmutated source has to pass in all of them.
// Arguments: --json, --schedules N per release (default 200), --seed N (default 1), --only <part of a name>, --verbose,
// --held for the mutants that are known to be killed alone: each of them has to be.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inOrder, type Judgement, judge } from './mutants/judge.js';
import { type Mutant, staleMutants } from './mutants/mutant.js';
import { mutants } from './mutants/mutants.js';
import type { World } from './mutants/world.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Mutants that are judged at the same time. */
const atOnce = 2;
const leastKilledShare = 0.95;

interface Judged {
  readonly mutant: Mutant;
  readonly judgement: Judgement;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      schedules: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      verbose: { type: 'boolean', default: false },
      held: { type: 'boolean', default: false },
    },
  });
  const [perRelease, seed] = [Number(values.schedules), Number(values.seed)];
  console.error(`seed ${seed}`);
  const stale = staleMutants(root, mutants);
  for (const message of stale) console.error(message);
  if (stale.length > 0) return 1;
  const chosen = mutants.filter(
    ({ name, file, survives }) => `${name} ${file}`.includes(values.only) && !(values.held && survives !== undefined),
  );
  const control = await judge(root, null, { kind: 'control', perRelease, seed });
  const failure = control.broken ?? control.bound ?? control.crashed;
  if (failure !== null) {
    console.error(`The source as it is breaks a promise: ${JSON.stringify(failure)}`);
    for (const line of control.failures) console.error(line);
    return 1;
  }
  console.error(`The source as it is keeps every promise in ${control.played} worlds.`);
  const judged = await judgeAll(chosen, control.worlds, values.verbose);
  return report(judged, control.played, values.held ? 1 : leastKilledShare, seed, values.json);
}

async function judgeAll(chosen: readonly Mutant[], worlds: readonly World[], isVerbose: boolean): Promise<Judged[]> {
  const judged: Judged[] = [];
  const waiting = [...chosen];
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const startedAt = performance.now();
      const judgement = await judge(root, mutant, { kind: 'play', worlds: inOrder(worlds, mutant) });
      judged.push({ mutant, judgement });
      const what = isKilled(judgement) ? 'killed' : 'SURVIVED';
      const why = judgement.broken ?? judgement.bound ?? judgement.crashed;
      if (isVerbose || !isKilled(judgement))
        console.error(
          `${what} ${mutant.of}: ${mutant.name} (${judgement.played} worlds, ${Math.round(performance.now() - startedAt)} ms) ${JSON.stringify(why)}`,
        );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return judged;
}

function isKilled({ broken, bound }: Judgement): boolean {
  return broken !== null || bound !== null;
}

function report(judged: readonly Judged[], worlds: number, leastShare: number, seed: number, isJson: boolean): number {
  const killed = judged.filter(({ judgement }) => isKilled(judgement));
  const survivors = judged
    .filter(({ judgement }) => !isKilled(judgement))
    .map(({ mutant: { name, of, file, survives }, judgement: { crashed } }) => ({
      name,
      of,
      file,
      needs: survives ?? 'it was killed before',
      ...(crashed === null ? {} : { crashed: crashed.message }),
    }));
  const byPromise: Record<string, number> = {};
  for (const { judgement } of killed) {
    const id = judgement.broken?.problem.split(' ')[0] ?? 'bound';
    byPromise[id] = (byPromise[id] ?? 0) + 1;
  }
  const isEnough = killed.length >= leastShare * judged.length;
  const failed = isEnough ? 0 : survivors.length;
  const line = {
    mutants: judged.length,
    ofAll: mutants.length,
    killed: killed.length,
    survivors,
    byPromise,
    worlds,
    seed,
  };
  console.log(isJson ? JSON.stringify({ ...line, passed: killed.length, failed }) : line);
  return isEnough ? 0 : 1;
}

process.exitCode = await main();
