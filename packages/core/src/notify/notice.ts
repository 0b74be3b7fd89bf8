import type { JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';

/** One thing that happened, for people and other systems. */
export interface Notice {
  /** The same when it is sent again: `<release>/<seq>`. */
  readonly id: string;
  readonly releaseId: string;
  /** Its place in the journal of its release; grows from notice to notice. */
  readonly seq: number;
  readonly event: ReleaseEvent;
}

/** Where notices go: a chat, a pager, a dashboard. Given to a releaser by name. */
export interface NotifySink {
  /** What it wants to hear. Default: what people want to know, and no measurements. */
  readonly events?: readonly ReleaseEvent['type'][];
  /**
   * Sends one notice. Rejecting means that it was not sent: it is sent again, with growing pauses, and everything after
   * it waits. No release ever waits for it.
   */
  send(notice: Notice, call: { readonly signal: AbortSignal }): Promise<void> | void;
}

export type NotifySinks = Readonly<Record<string, NotifySink>>;

const everyday: readonly ReleaseEvent['type'][] = [
  'release-requested',
  'approval-requested',
  'approval-granted',
  'gate-skip-requested',
  'step-reached',
  'weight-raised',
  'weight-lowered',
  'window-awaited',
  'release-paused',
  'release-resumed',
  'routing-drifted',
  'rollback-begun',
  'traffic-returned',
  'release-promoted',
  'teardown-begun',
  'release-rolled-back',
  'release-stuck',
  'release-finished',
];

/** The last place of the journal that this sink has heard; `null` when it is no sink of this release. */
export function cursorOf(history: readonly JournalRecord[], sink: string): number | null {
  let cursor: number | null = null;
  for (const { event } of history) {
    const known = event as ReleaseEvent;
    if (known.type === 'notified' && known.sink === sink) cursor = Math.max(cursor ?? 0, known.upTo);
  }
  return cursor;
}

/** What a sink has still to hear of these records. */
export function noticesAfter(
  releaseId: string,
  records: readonly JournalRecord[],
  cursor: number,
  { events = everyday }: NotifySink,
): readonly Notice[] {
  return records
    .filter(({ seq, event }) => seq > cursor && (events as readonly string[]).includes(event.type))
    .map(({ seq, event }) => ({ id: `${releaseId}/${seq}`, releaseId, seq, event: event as ReleaseEvent }));
}
