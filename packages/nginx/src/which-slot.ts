import { type Slot, soleSlot, type TrafficTarget } from '@bluegreen/contract';
import { bucketOf, bucketsOf } from './buckets.js';
import type { NginxUser } from './options.js';
import { ruleFor, saltedKey, whoIs } from './people.js';
import type { Settings } from './settings.js';

/** The buckets of green, as a function that remembers them for each target object: drawing an order costs a while. */
export function greenBuckets(): (target: TrafficTarget) => ReadonlySet<number> {
  const known = new WeakMap<TrafficTarget, ReadonlySet<number>>();
  return (target) => {
    const green = known.get(target) ?? new Set(bucketsOf(target).green);
    known.set(target, green);
    return green;
  };
}

/**
 * The slot that nginx sends this user to under this target. Pure: it asks nobody.
 *
 * `null` when nobody can say or nobody serves: a real split per request, or a preview address that points nowhere.
 */
export function whichSlot(
  settings: Settings,
  user: NginxUser,
  target: TrafficTarget,
  greenOf: (target: TrafficTarget) => ReadonlySet<number> = greenBuckets(),
): Slot | null {
  const rule = ruleFor(whoIs(settings, user), target);
  if (rule === 'nobody') return null;
  if (rule !== 'everyone') return rule;
  const sole = soleSlot(target);
  if (sole !== null || target.cohort.kind === 'per-request') return sole;
  return greenOf(target).has(bucketOf(saltedKey(settings, user))) ? 'green' : 'blue';
}
