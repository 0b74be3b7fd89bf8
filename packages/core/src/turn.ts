import { isEnd, type Phase, type ReleasePlan, type ReleaseState } from '@bluegreen/machine';
import { overlaps } from './drives.js';
import type { Engine } from './engine.js';
import { readState } from './read-journal.js';

type Turn = Pick<Engine, 'journal' | 'drives' | 'command' | 'over' | 'concurrency'>;

/** The phases in which a release counts against the limit of a process: afterwards it only keeps an old slot warm. */
const busyPhases: readonly Phase[] = ['preparing', 'verifying', 'shifting', 'baking', 'rolling-back'];

/** Unfinished releases of a journal that write to the same things as this plan, oldest first, and only those before `id`. */
export async function releasesBefore(
  { journal, over }: Pick<Turn, 'journal' | 'over'>,
  plan: ReleasePlan,
  id: string,
): Promise<readonly ReleaseState[]> {
  const found: ReleaseState[] = [];
  for (const other of await journal.releases()) {
    if (other === id) break;
    if (over.has(other)) continue;
    const state = await readState(journal, other);
    if (state.phase === 'promoted' || state.phase === 'rolled-back') over.add(other);
    if (!isEnd(state) && overlaps(state.plan, plan)) found.push(state);
  }
  return found;
}

/**
 * Lets a release that is promoted, and only keeps its old slot warm, hand the slot over as it is: a hotfix never waits for
 * retention. Where nobody drives it any more, it is ended here.
 */
export async function cutRetention(
  { drives, command }: Pick<Turn, 'drives' | 'command'>,
  state: ReleaseState,
): Promise<void> {
  const said = { by: 'releaser', reason: 'the next release needs the slot' };
  if (!state.retentionCut) await command(state.id, { type: 'retention-cut', ...said });
  await drives.takeOver(state.id);
}

/** Whether this process may drive one more release now. */
export function hasCapacity({ drives, concurrency }: Pick<Turn, 'drives' | 'concurrency'>): boolean {
  return drives.count(({ phase }) => busyPhases.includes(phase)) < concurrency;
}

/** A release that was requested and that nobody has driven yet: it waits for its turn. */
export function isQueued(state: ReleaseState): boolean {
  return state.phase === 'preparing' && Object.keys(state.fences).length === 0;
}

/**
 * Begins a release that waits for its turn, if nothing stands in its way any more. Whatever is in its way and driven by
 * nobody is taken over first: it would be in the way for ever. True when it is driven here now.
 */
export async function takeTurn(turn: Turn, state: ReleaseState): Promise<boolean> {
  const before = await releasesBefore(turn, state.plan, state.id);
  for (const other of before) {
    if (other.phase === 'retiring') await cutRetention(turn, other);
    else if (!isQueued(other)) await turn.drives.takeOver(other.id);
  }
  if (before.length > 0 || !hasCapacity(turn)) return false;
  return turn.drives.takeOver(state.id);
}
