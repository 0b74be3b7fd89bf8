import { fail } from '@bluegreen/contract';
import { isEnd, type ReleasePlan, type ReleaseState } from '@bluegreen/machine';
import { overlaps } from './drives.js';
import type { Engine } from './engine.js';
import { readState } from './read-journal.js';

type Room = Pick<Engine, 'journal' | 'drives' | 'clock' | 'command' | 'over'>;

/** How long a start waits for a release that only keeps an old slot warm, and between two looks at it. */
const waitMs = 60_000;
const lookMs = 100;

/**
 * Makes sure that no other release stands in the way. One that is promoted and only keeps its old slot warm is cut short,
 * so that a hotfix never waits for retention; any other one is not disturbed.
 *
 * @throws `release/unfinished`
 */
export async function makeRoom(room: Room, plan: ReleasePlan, releaseId: string): Promise<void> {
  for (const id of await room.journal.releases()) {
    if (room.over.has(id) || id === releaseId) continue;
    const state = await readState(room.journal, id);
    if (state.phase === 'promoted' || state.phase === 'rolled-back') room.over.add(id);
    if (isEnd(state) || !overlaps(state.plan, plan)) continue;
    if (state.phase !== 'retiring') throw unfinished(state);
    await cutRetention(room, state);
  }
}

async function cutRetention(room: Room, state: ReleaseState): Promise<void> {
  const said = { by: 'releaser', reason: 'the next release needs the slot' };
  if (!state.retentionCut) await room.command(state.id, { type: 'retention-cut', ...said });
  // Where nobody drives it any more, it is ended here.
  await room.drives.takeOver(state.id);
  const deadline = room.clock.now() + waitMs;
  for (;;) {
    const now = await readState(room.journal, state.id);
    if (isEnd(now) && room.drives.get(state.id) === undefined) return;
    if (room.clock.now() >= deadline) throw unfinished(now);
    await new Promise<void>((resolve) => room.clock.setTimeout(resolve, lookMs));
  }
}

function unfinished({ id, phase, requestedBy }: ReleaseState): Error {
  return fail('release/unfinished', { detail: `${id}, ${phase}, requested by ${requestedBy}` });
}
