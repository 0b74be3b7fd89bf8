import { join } from 'node:path';
import { type Slot, slots, soleSlot, type TrafficTarget } from '@bluegreen/contract';
import { bucketsOf } from './buckets.js';
import { allBuckets, copiedNumbers, linkFor, perRequest, sharedPaths } from './marker-tree.js';
import { everyWho } from './people.js';
import { linkAt, namesIn } from './reading.js';
import type { Settings } from './settings.js';

/** What differs between the markers on disk and those of the target, in words; empty when nothing does. */
export async function checkMarkers(
  settings: Settings,
  directory: string,
  target: TrafficTarget,
): Promise<readonly string[]> {
  const problems = await Promise.all(slots.map((slot) => checkSide(settings, directory, slot, target)));
  const top = (await namesIn(directory)).filter((name) => !['blue', 'green', 'generation'].includes(name));
  const expected = [
    ...(target.cohort.kind === perRequest ? [perRequest] : []),
    ...(target.mirror === null ? [] : ['mirror']),
  ];
  problems.push(await checkMirror(directory, target));
  return [...problems.flat(), ...difference('the generation', expected, top), ...(await checkShared(settings))];
}

async function checkMirror(directory: string, { mirror }: TrafficTarget): Promise<string[]> {
  if (mirror === null) return [];
  const place = join(directory, 'mirror');
  const copied = await namesIn(join(place, mirror.slot));
  return [
    ...difference('mirror', [mirror.slot], await namesIn(place)),
    ...difference(`mirror/${mirror.slot}`, copiedNumbers(mirror), copied),
  ];
}

async function checkShared(settings: Settings): Promise<readonly string[]> {
  const { all, nobody } = sharedPaths(settings);
  return [
    ...difference('all', allBuckets, await namesIn(all)),
    ...((await namesIn(settings.stateDirectory)).includes('nobody') ? [] : ['nobody is missing']),
    ...difference('nobody', [], await namesIn(nobody)),
  ];
}

async function checkSide(settings: Settings, directory: string, slot: Slot, target: TrafficTarget): Promise<string[]> {
  const side = join(directory, slot);
  const present = (await namesIn(side)).filter((name) => name !== 'everyone');
  const known = new Set(everyWho(settings));
  const problems = [...known].filter((who) => who !== 'everyone' && !present.includes(who));
  const wrong: string[] = problems.map((who) => `${slot}/${who} is missing`);
  for (const who of present) {
    const expected = linkFor(who, slot, target);
    if ((await linkAt(join(side, who))) !== expected) wrong.push(`${slot}/${who} is not a link to ${expected}`);
  }
  return [...wrong, ...(await checkEveryone(side, slot, target))];
}

async function checkEveryone(side: string, slot: Slot, target: TrafficTarget): Promise<readonly string[]> {
  const everyone = join(side, 'everyone');
  const sole = soleSlot(target);
  const found = await linkAt(everyone);
  if (sole !== null) {
    const expected = sole === slot ? '../../all' : '../../nobody';
    return found === expected ? [] : [`${slot}/everyone is not a link to ${expected}`];
  }
  if (found !== null) return [`${slot}/everyone is a link`];
  return difference(`${slot}/everyone`, bucketsOf(target)[slot].map(String), await namesIn(everyone));
}

function difference(place: string, expected: readonly string[], found: readonly string[]): string[] {
  const [wanted, present] = [new Set(expected), new Set(found)];
  const missing = expected.filter((name) => !present.has(name));
  const extra = found.filter((name) => !wanted.has(name));
  return [...describe(place, 'lacks', missing), ...describe(place, 'also has', extra)];
}

function describe(place: string, verb: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return [`${place} ${verb} ${names.slice(0, 3).join(', ')}${more}`];
}
