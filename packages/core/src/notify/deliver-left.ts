import { isBluegreenError, type Journal, type JournalSession, releaseResource } from '@bluegreen/contract';
import { cursorOf, type NotifySinks, noticesAfter } from './notice.js';
import { Notifier, type NotifierOptions } from './notifier.js';

export interface LeftContext extends Pick<NotifierOptions, 'clock' | 'logger'> {
  readonly journal: Journal;
  readonly sinks: NotifySinks;
  readonly session: () => Promise<JournalSession>;
}

/** How long a recovery stays with the notices of one release that is over. */
const patienceMs = 10_000;

/**
 * Sends what the sinks of a release that is over have not heard, because they or its last owner were gone at the end.
 * True when nothing is left.
 */
export async function deliverLeft(context: LeftContext, releaseId: string): Promise<boolean> {
  const { journal, sinks, clock, logger } = context;
  const known = Object.fromEntries(
    (await sinksOf(journal, sinks, releaseId)).map((name) => [name, sinks[name]!] as const),
  );
  if (Object.keys(known).length === 0) return true;
  try {
    const lease = await (await context.session()).acquire([releaseResource(releaseId)], {});
    try {
      const writer = await lease.writer(releaseId);
      const history = await journal.read(releaseId);
      const append: NotifierOptions['append'] = async (events) => void (await writer.append(events));
      const confirm = () => lease.confirm();
      const notifier = new Notifier({ releaseId, sinks: known, clock, logger, confirm, append }, history);
      await notifier.finish(patienceMs);
      await writer.close();
    } finally {
      await lease.free();
    }
  } catch (error) {
    // Somebody else is at it.
    if (isBluegreenError(error) && error.code === 'journal/lease-held') return false;
    throw error;
  }
  return (await sinksOf(journal, known, releaseId)).length === 0;
}

/** The sinks of this release that have something left to hear. */
async function sinksOf(journal: Journal, sinks: NotifySinks, releaseId: string): Promise<readonly string[]> {
  const history = await journal.read(releaseId);
  return Object.keys(sinks).filter((name) => {
    const cursor = cursorOf(history, name);
    // One that was added later has no part in what is over.
    return cursor !== null && noticesAfter(releaseId, history, cursor, sinks[name]!).length > 0;
  });
}
