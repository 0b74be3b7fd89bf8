import { Worker } from 'node:worker_threads';
import { bundlePlayer } from './bundle.js';
import type { Mutant } from './mutant.js';
import type { Task, Told, World } from './world.js';

/** What became of a mutant, or of the source as it is. */
export interface Judgement {
  /** Every world that was played to its end. */
  readonly played: number;
  /** The first promise that was broken, with the world; `null`: none was. */
  readonly broken: { readonly world: string; readonly problem: string } | null;
  /** A world that went over a bound, and which. */
  readonly bound: { readonly world: string; readonly message: string } | null;
  /** A world that came to a bad end of another kind. Says nothing about guards. */
  readonly crashed: { readonly world: string; readonly message: string } | null;
  readonly worlds: readonly World[];
  /** Every world in which a promise was broken. Of a mutant only the first one is played. */
  readonly failures: readonly string[];
}

/** So long one world may take that the unmutated source plays in a tenth of a second. */
export const worldBoundMs = 30_000;

/** What a run that chases itself is stopped by: so many changes of phase in one decision, so many events of the clock. */
const bounds = ['release/rules-cycle', 'simulator/too-many-events'] as const;

/** Plays the worlds on the mutated source, until a promise is broken; with `null` all of them, on the source as it is. */
export async function judge(root: string, mutant: Mutant | null, task: Task): Promise<Judgement> {
  const worker = new Worker(await bundlePlayer(root, mutant), { workerData: task });
  const judged: { -readonly [Key in keyof Judgement]: Judgement[Key] } = {
    played: 0,
    broken: null,
    bound: null,
    crashed: null,
    worlds: [],
    failures: [],
  };
  await new Promise<void>((resolve) => {
    let last = 'the first world';
    const late = (): void => {
      judged.bound = { world: last, message: `the world after it took longer than ${worldBoundMs / 1_000} s` };
      resolve();
    };
    let timer = setTimeout(late, worldBoundMs * 4);
    worker.on('message', (told: Told) => {
      clearTimeout(timer);
      timer = setTimeout(late, worldBoundMs);
      if (told.kind === 'worlds') judged.worlds = told.worlds;
      if (told.kind === 'played') {
        judged.played++;
        last = told.world;
        if (told.problems.length > 0) {
          judged.broken ??= { world: told.world, problem: told.problems[0]! };
          judged.failures = [...judged.failures, `${told.world}: ${told.problems.join('; ')}`];
        }
      }
      if (told.kind === 'threw') note(judged, told);
      if (told.kind !== 'done') return;
      clearTimeout(timer);
      resolve();
    });
    worker.on('error', (error) => {
      clearTimeout(timer);
      judged.crashed = { world: last, message: error.message };
      resolve();
    });
  });
  await worker.terminate();
  return judged;
}

function note(
  judged: { -readonly [Key in keyof Judgement]: Judgement[Key] },
  { world, message }: Told & { kind: 'threw' },
): void {
  const isBound = bounds.some((code) => message.includes(code));
  if (isBound) judged.bound = { world, message };
  else judged.crashed ??= { world, message };
}

/** The worlds that a mutant names first, then all others. */
export function inOrder(worlds: readonly World[], { first = [] }: Mutant): readonly World[] {
  const named = first.flatMap((start) => worlds.filter(({ name }) => name.startsWith(start)));
  const before = new Set(named);
  return [...before, ...worlds.filter((world) => !before.has(world))];
}
