import { otherSlot, type Slot, soleSlot, type TrafficTarget } from '@bluegreen/contract';
import { fail } from './failure.js';
import { type GroupHealth, readHealth } from './health.js';
import { raisedSlots } from './plan-writes.js';
import type { Reading } from './reading.js';
import type { Settings } from './settings.js';

/**
 * Looks at the health of each slot that shall get more users, directly before the write (S1, S2).
 *
 * A load balancer whose targets are all sick sends users to them all the same (it fails open), so a group without a
 * healthy target gets nobody while the other one has some. Health that can't be read stops what goes forward; it does
 * not stop a write that may be a rollback, because that one must not wait for what is broken.
 */
export async function admit(
  settings: Settings,
  reading: Reading,
  target: TrafficTarget,
  signal: AbortSignal,
): Promise<void> {
  const raised = raisedSlots(reading, target);
  if (raised.length === 0) return;
  const health = await readHealth(settings.clients, settings.targetGroups, signal);
  for (const slot of raised) refuseSick(slot, health[slot], health[otherSlot(slot)], mayBeRollback(target));
}

function refuseSick(slot: Slot, entering: GroupHealth | null, leaving: GroupHealth | null, isUrgent: boolean): void {
  if (entering === null) {
    if (isUrgent) return;
    throw fail('alb/health-unknown', { detail: slot });
  }
  if (entering.total === 0) throw fail('alb/group-empty', { detail: slot });
  if (entering.healthy > 0 || leaving?.healthy === 0) return;
  throw fail('alb/group-unhealthy', { detail: `${slot}: 0 of ${entering.total} healthy, ${entering.why}` });
}

/** Everybody to one slot and nobody anywhere else: that is how every rollback looks. */
function mayBeRollback(target: TrafficTarget): boolean {
  return soleSlot(target) !== null && target.preview === null && target.audiences.length === 0;
}
