import { fileJournal, type ReleaseEvent } from '@bluegreen/core';

export async function eventsOf(journal: string, release: string): Promise<readonly ReleaseEvent[]> {
  return (await fileJournal(journal).read(release)).map(({ event }) => event as ReleaseEvent);
}

export async function isOver(journal: string, release: string): Promise<boolean> {
  return (await eventsOf(journal, release)).some(({ type }) => type === 'release-finished');
}

/** For a release of which somebody was told that the approval is recorded. */
export function lostApproval(events: readonly ReleaseEvent[]): boolean {
  return !events.some(({ type }) => type === 'approval-granted');
}
