import { sameTarget, type TrafficTarget, type WriteCall } from '@bluegreen/contract';
import { admit } from './admit.js';
import { checkTarget } from './check-target.js';
import { fail } from './failure.js';
import { planWrites } from './plan-writes.js';
import { readRouting } from './reading.js';
import { sendWrites } from './send-writes.js';
import type { Settings } from './settings.js';

/**
 * Makes `target` the routing: read, compare with what the caller expected, look at health, write what differs.
 *
 * The API has no conditional write, so between the read and the write another writer may still come; what keeps that
 * from happening is the lease of the runner, and what finds it is the next read.
 */
export async function route(
  settings: Settings,
  given: TrafficTarget,
  expected: { readonly revision: string },
  call: WriteCall,
): Promise<void> {
  checkTarget(settings, given);
  const audiences = [...given.audiences].sort((a, b) => (a.name < b.name ? -1 : 1));
  const target = { ...given, audiences, candidate: null, fallback: null };
  const reading = await readRouting(settings, call.signal);
  // The same write again, or somebody brought it about: nothing is left to do.
  if (reading.routing.kind === 'split' && sameTarget(reading.routing.target, target)) return;
  if (reading.fault !== null) throw fail(reading.fault.code, { detail: reading.fault.detail });
  if (reading.revision !== expected.revision) {
    throw fail('alb/revision-changed', { detail: `${reading.revision}, not ${expected.revision}` });
  }
  const writes = planWrites(settings, reading, target);
  await admit(settings, reading, target, call.signal);
  await sendWrites(settings.clients, writes, call.signal);
}
