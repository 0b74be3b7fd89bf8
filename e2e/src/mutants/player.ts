// Plays worlds in a thread of its own, on whatever source it was bundled from.
import { parentPort, workerData } from 'node:worker_threads';
import { isBluegreenError } from '@bluegreen/contract';
import { problemsOf, simulateTrouble, simulateZombie, zombieProblems } from '@bluegreen/simulator/explore';
import { releases } from '../explore/releases.js';
import { loneReleases } from './lone-releases.js';
import { makeWorlds } from './make-worlds.js';
import type { Task, Told, World } from './world.js';

const task = workerData as Task;
const tell = (told: Told): void => parentPort!.postMessage(told);

async function main(): Promise<void> {
  const worlds = task.kind === 'control' ? await makeWorlds(task) : task.worlds;
  if (task.kind === 'control') tell({ kind: 'worlds', worlds });
  for (const world of worlds) {
    const told = await playOne(world);
    tell(told);
    const isJudged = told.kind === 'threw' || (told.kind === 'played' && told.problems.length > 0);
    if (isJudged && task.kind === 'play') break;
  }
  tell({ kind: 'done' });
}

async function playOne(world: World): Promise<Told> {
  try {
    return { kind: 'played', world: world.name, problems: await problemsIn(world) };
  } catch (error) {
    return { kind: 'threw', world: world.name, message: messageOf(error) };
  }
}

async function problemsIn({ release, seed, trouble, pause, hopes }: World): Promise<readonly string[]> {
  const options = { ...releases, ...loneReleases }[release]!(seed);
  const horizonMs = hopes.withinMs * 2;
  if (pause !== null) {
    const history = await simulateZombie({ ...options, horizonMs }, pause);
    return [...problemsOf(history, hopes), ...zombieProblems(history, Number.POSITIVE_INFINITY, pause)];
  }
  return problemsOf(simulateTrouble({ ...options, horizonMs }, trouble), hopes);
}

function messageOf(error: unknown): string {
  if (isBluegreenError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

void main();
