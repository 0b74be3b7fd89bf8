import { type Journal, type JournalRecord, systemClock } from '@bluegreen/contract';
import { expect, test } from 'vitest';
import { ReleaseFeed } from './release-feed.js';

/** A journal in which all of this stands already. */
function journalOf(...types: string[]): Journal {
  const records = types.map((type, index) => ({ seq: index + 1, event: { type } }) as unknown as JournalRecord);
  return { read: async (_: string, from = 1) => records.filter(({ seq }) => seq >= from) } as unknown as Journal;
}

async function followed(feed: ReleaseFeed, journal: Journal): Promise<number> {
  let count = 0;
  for await (const _ of feed.follow(journal, 'r1')) count += 1;
  return count;
}

test.each([
  ['the end', ['release-requested', 'release-finished']],
  ['a read that came back after it', ['release-requested', 'release-finished', 'routing-observed']],
  ['a notice of it', ['release-requested', 'release-finished', 'notified']],
  ['the second end', ['release-finished', 'retry-requested', 'phase-entered', 'release-finished', 'routing-observed']],
])('a follower ends at %s', async (_, types) => {
  expect(await followed(new ReleaseFeed(systemClock()), journalOf(...types))).toBe(types.length);
});

test.each(['retry-requested', 'phase-entered'])(
  'a follower goes on where %s opened the release again',
  async (type) => {
    const feed = new ReleaseFeed(systemClock());
    const ending = followed(feed, journalOf('release-finished', type, 'routing-observed'));
    feed.close();
    await expect(ending).rejects.toMatchObject({ code: 'release/detached' });
  },
);
