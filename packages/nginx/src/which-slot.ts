import { type Slot, soleSlot, type TrafficTarget } from '@bluegreen/contract';
import { bucketOf, bucketsOf } from './buckets.js';
import type { NginxUser } from './options.js';
import { ruleFor, saltedKey, whoIs } from './people.js';
import type { Settings } from './settings.js';

/**
 * The slot that nginx sends this user to under this target. Pure: it asks nobody.
 *
 * `null` when nobody can say or nobody serves: a real split per request, or a preview address that points nowhere.
 */
export function whichSlot(settings: Settings, user: NginxUser, target: TrafficTarget): Slot | null {
  const rule = ruleFor(whoIs(settings, user), target);
  if (rule === 'nobody') return null;
  if (rule !== 'everyone') return rule;
  const sole = soleSlot(target);
  if (sole !== null || target.cohort.kind === 'per-request') return sole;
  return bucketsOf(target).green.includes(bucketOf(saltedKey(settings, user))) ? 'green' : 'blue';
}
