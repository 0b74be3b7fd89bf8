import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Slot, slots, soleSlot, type TrafficTarget } from '@bluegreen/contract';
import { bucketCount, bucketsOf } from './buckets.js';
import { ensureDirectory, makeDirectory, placeMarkers, syncDirectory, writeDurably } from './durable.js';
import { everyWho, ruleFor, type Who } from './people.js';
import { namesIn } from './reading.js';
import type { Settings } from './settings.js';

/** Every bucket, as the names of marker files. */
export const allBuckets: readonly string[] = Array.from({ length: bucketCount }, (_, bucket) => String(bucket));

/** The marker that makes nginx throw dice for every request. */
export const perRequest = 'per-request';

/** Where generations find what they share: all buckets, none, and the file that every marker is a link to. */
export function sharedPaths({ stateDirectory }: Settings): { all: string; nobody: string; mark: string } {
  return {
    all: join(stateDirectory, 'all'),
    nobody: join(stateDirectory, 'nobody'),
    mark: join(stateDirectory, 'mark'),
  };
}

/** Makes what generations share, and puts back what is missing of it. */
export async function ensureShared(settings: Settings): Promise<void> {
  const { all, nobody, mark } = sharedPaths(settings);
  if (!(await namesIn(settings.stateDirectory)).includes('mark')) await writeDurably(mark, '');
  await ensureDirectory(nobody);
  await ensureDirectory(all);
  const present = new Set(await namesIn(all));
  const missing = allBuckets.filter((bucket) => !present.has(bucket));
  if (missing.length > 0) await placeMarkers(all, missing, mark);
  await syncDirectory(settings.stateDirectory);
}

/**
 * The markers of one target, in a new directory: `<slot>/<who>/<bucket>` exists where that slot serves.
 *
 * `everyone` is a directory with one file per bucket, or a link to all or to none of them; the audiences and the
 * preview are links to that, to all or to none. Both slots have their own set, so that neither is merely "the rest":
 * a path that cannot be read is then on nobody's side, and the fallback decides.
 */
export async function buildMarkers(settings: Settings, directory: string, target: TrafficTarget): Promise<void> {
  const sole = soleSlot(target);
  const buckets = sole === null ? bucketsOf(target) : null;
  for (const slot of slots) {
    const side = join(directory, slot);
    await makeDirectory(side);
    const everyone = join(side, 'everyone');
    if (buckets === null) await symlink(sole === slot ? '../../all' : '../../nobody', everyone);
    else {
      await makeDirectory(everyone);
      await placeMarkers(everyone, buckets[slot].map(String), sharedPaths(settings).mark);
    }
    await linkPeople(settings, directory, slot, target);
  }
  if (target.mirror !== null) await buildMirror(settings, directory, target.mirror);
  if (target.cohort.kind === perRequest) await writeDurably(join(directory, perRequest), '');
}

/** The markers of the requests that are copied: `mirror/<slot>/<number>`, out of as many numbers as there are buckets. */
async function buildMirror(settings: Settings, directory: string, mirror: Mirror): Promise<void> {
  const place = join(directory, 'mirror');
  await makeDirectory(place);
  await makeDirectory(join(place, mirror.slot));
  await placeMarkers(join(place, mirror.slot), copiedNumbers(mirror), sharedPaths(settings).mark);
  await syncDirectory(place);
}

type Mirror = NonNullable<TrafficTarget['mirror']>;

/** Names of the markers of a mirror. */
export function copiedNumbers({ percent }: Mirror): readonly string[] {
  return allBuckets.slice(0, Math.round(percent * 10));
}

/** Adds the links of all people that these options know and this directory does not. Changes nobody's slot. */
export async function linkPeople(
  settings: Settings,
  directory: string,
  slot: Slot,
  target: TrafficTarget,
): Promise<void> {
  const side = join(directory, slot);
  const present = new Set(await namesIn(side));
  for (const who of everyWho(settings)) {
    if (who !== 'everyone' && !present.has(who)) await symlink(linkFor(who, slot, target), join(side, who));
  }
  await syncDirectory(side);
}

/** What `<slot>/<who>` is a link to. */
export function linkFor(who: Who, slot: Slot, target: TrafficTarget): string {
  const rule = ruleFor(who, target);
  if (rule === 'everyone') return 'everyone';
  return rule === slot ? '../../all' : '../../nobody';
}
