import { httpReply, type Slot } from '@bluegreen/contract';

/** What a slot runs, for whom, and by which write. */
export interface StoredSlot {
  readonly version: string | null;
  readonly releaseId: string | null;
  readonly stamp: string | null;
}

export function slotPath(service: string, slot: Slot): string {
  return `/slots/${service}/${slot}`;
}

export interface SlotWrite {
  readonly url: string;
  readonly service: string;
  readonly slot: Slot;
  readonly stored: StoredSlot;
  readonly idempotencyKey: string;
  /** The write is refused when the slot is not at this version any more. */
  readonly expected?: string;
  readonly signal: AbortSignal;
}

/** Puts a version into a slot of the platform, or empties it: what a deploy script does. */
export async function deployTo({ url, service, slot, stored, expected, ...call }: SlotWrite): Promise<void> {
  const headers: Record<string, string> = { 'idempotency-key': call.idempotencyKey };
  if (expected !== undefined) headers['if-match'] = expected;
  if (stored.stamp !== null) headers.fence = stored.stamp;
  const request = { method: 'PUT', body: JSON.stringify(stored), headers, signal: call.signal };
  await httpReply('platform', 'PUT', () => fetch(new URL(slotPath(service, slot), url), request));
}
