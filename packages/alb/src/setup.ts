import { type Slot, weightsOf } from '@bluegreen/contract';
import { nobodyAction, readActions, slotAction, splitAction } from './actions.js';
import { fail } from './failure.js';
import { change, previewAction, type Write } from './plan-writes.js';
import { type Reading, readRouting } from './reading.js';
import { sendWrites } from './send-writes.js';
import type { Settings } from './settings.js';

/** A source range that no client has: it is reserved for documentation (RFC 5737). */
const nobodysRange = '192.0.2.255/32';

/**
 * Brings the places into the shape that releases need, without moving a user: both groups attached, stickiness off at
 * 100/0, the preview place ours. With `adopt`, it insists that this slot serves now.
 */
export async function setUp(settings: Settings, adopt: Slot | null, signal: AbortSignal): Promise<void> {
  const reading = await readRouting(settings, signal);
  if (reading.main === null) throw fail('alb/place-missing', { detail: reading.fault?.detail ?? '' });
  const { preview } = reading;
  const writes = [...mainWrites(settings, reading, adopt)];
  if (settings.preview !== null) {
    if (preview === null) throw fail('alb/place-missing', { detail: reading.fault?.detail ?? '' });
    const sends = readActions(settings.targetGroups, preview.Actions ?? []);
    const isOurs = sends.kind === 'nobody' || (sends.kind === 'split' && reading.fault?.code !== 'alb/preview-foreign');
    if (!isOurs) writes.push(...change(settings.preview, preview, previewAction(settings, null)));
  }
  await sendWrites(settings.clients, writes, signal);
}

function mainWrites(settings: Settings, reading: Reading, adopt: Slot | null): Write[] {
  const { targetGroups, place } = settings;
  const main = reading.main!;
  const sends = readActions(targetGroups, main.Actions ?? []);
  const isSplit = sends.kind === 'split' && sends.weights.blue > 0 && sends.weights.green > 0;
  if (isSplit) {
    if (adopt !== null) throw fail('alb/adopt-mismatch', { detail: 'it is split between both slots' });
    return [];
  }
  if (sends.kind === 'split' || sends.kind === 'alone') {
    const serving = sends.kind === 'alone' ? sends.slot : sends.weights.blue === 100 ? 'blue' : 'green';
    if (adopt !== null && adopt !== serving) throw fail('alb/adopt-mismatch', { detail: `${serving} serves` });
    return change(place, main, splitAction(targetGroups, weightsOf(serving, 100), null));
  }
  const answersItself = sends.kind === 'nobody' || main.Actions?.some(({ Type }) => Type === 'fixed-response') === true;
  if (!answersItself) {
    const detail = sends.kind === 'foreign' ? sends.summary : '';
    throw fail(adopt === null ? 'alb/routing-foreign' : 'alb/adopt-mismatch', { detail });
  }
  // Nobody is served, so nobody is moved.
  if (adopt !== null) return change(place, main, slotAction(targetGroups, adopt));
  return [...attachWrites(settings, reading), ...change(place, main, nobodyAction())];
}

/** Health checks run for groups that a rule names: this one names both and matches nobody. */
function attachWrites({ attachPriority, targetGroups, place }: Settings, { rules }: Reading): Write[] {
  if (attachPriority === null) {
    throw fail('alb/options-invalid', { detail: 'attachPriority: a first deployment needs a free priority' });
  }
  if (rules.some(({ Priority }) => Priority === String(attachPriority))) return [];
  const conditions = [{ Field: 'source-ip', SourceIpConfig: { Values: [nobodysRange] } }];
  const actions = [{ ...slotAction(targetGroups, 'blue'), Order: 1 }];
  const { listenerArn } = place;
  return [{ kind: 'create', listenerArn, priority: attachPriority, conditions, actions, transforms: [] }];
}
