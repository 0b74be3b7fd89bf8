import { fail } from '@bluegreen/contract';
import { isEnd, type ReleasePlan, type ReleaseState } from '@bluegreen/machine';
import type { Engine } from './engine.js';
import { readState } from './read-journal.js';
import { cutRetention, hasCapacity, releasesBefore } from './turn.js';

type Room = Pick<Engine, 'journal' | 'drives' | 'clock' | 'command' | 'over' | 'concurrency'>;

/** How long a start waits for a release that only keeps an old slot warm, and between two looks at it. */
const waitMs = 60_000;
const lookMs = 100;

/**
 * Makes sure that no other release stands in the way. One that is promoted and only keeps its old slot warm is cut short;
 * any other one is not disturbed.
 *
 * @throws `release/unfinished`, `release/too-many`
 */
export async function makeRoom(room: Room, plan: ReleasePlan, releaseId: string): Promise<void> {
  if (!hasCapacity(room)) throw fail('release/too-many', { detail: `concurrency is ${room.concurrency}` });
  const before = await releasesBefore(room, plan, releaseId);
  const busy = before.find(({ phase }) => phase !== 'retiring');
  if (busy !== undefined) throw unfinished(busy);
  for (const state of before) await endRetention(room, state);
}

async function endRetention(room: Room, state: ReleaseState): Promise<void> {
  await cutRetention(room, state);
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
