import { type Slot, slots, type TrafficTarget } from '@bluegreen/contract';
import { bucketOf, bucketsOf } from './buckets.js';
import { type Answer, ask } from './listener.js';
import type { NginxUser } from './options.js';
import { saltedKey } from './people.js';
import { layout, type Settings } from './settings.js';
import { whichSlot } from './which-slot.js';

/** What the running workers say about themselves and about one test user. */
export interface Decision {
  readonly user: NginxUser;
  readonly fingerprint: string;
  readonly version: string;
  readonly who: string;
  readonly bucket: number;
  readonly pool: string;
  /** Who would serve if the switch state were gone, as a worker sees it. */
  readonly fallbackPool: string;
  readonly readsState: boolean;
  readonly readsMarker: boolean;
}

/** Everything that was asked of the running nginx, on fresh connections. */
export interface LiveReading {
  /** `null`: whoever listens there is not nginx with our include. */
  readonly decisions: readonly Decision[] | null;
  readonly generations: readonly Answer[];
}

const generationReads = 3;

/** Asks the workers: who serves these users, and which generation do you see. */
export async function readLive(
  settings: Settings,
  users: readonly NginxUser[],
  signal: AbortSignal,
): Promise<LiveReading> {
  const decisions: Decision[] = [];
  for (const user of users) {
    const answer = await ask(settings, '/decision', user, signal);
    const decision = answer.status === 200 ? readDecision(answer.body, user) : null;
    if (decision === null) return { decisions: null, generations: [] };
    decisions.push(decision);
  }
  const generations: Answer[] = [];
  for (let read = 0; read < generationReads; read += 1) {
    generations.push(await ask(settings, '/generation', {}, signal));
  }
  return { decisions, generations };
}

/** The `name=value` words of an answer. */
export function readFields(body: string): Readonly<Record<string, string>> {
  const words = body.trim().split(' ');
  return Object.fromEntries(words.map((field) => field.split(/=(.*)/s, 2) as [string, string]));
}

/** What a worker said about one user; `null` when it was not nginx with our include. */
export function readDecision(body: string, user: NginxUser): Decision | null {
  const fields = readFields(body);
  if (fields.layout !== String(layout)) return null;
  return {
    // The address and port are those that nginx saw: it alone knows what its realip settings make of them.
    user: { ...user, address: fields.address ?? '', port: Number(fields.port) },
    fingerprint: fields.fingerprint ?? '',
    version: fields.version ?? '',
    who: fields.who ?? '',
    bucket: Number(fields.bucket),
    pool: fields.pool ?? '',
    fallbackPool: fields.fallback ?? '',
    readsState: fields.state === 'yes',
    readsMarker: fields.marker === 'yes',
  };
}

/**
 * Test users that between them use every part of the target that can be asked for from here: one per slot with weight,
 * one per audience that is recognised by a header or a cookie, one for the preview. The first is in no audience.
 */
export function testUsers(settings: Settings, target: TrafficTarget | null): readonly NginxUser[] {
  const weighted = target === null ? [] : slots.filter((slot) => target.weights[slot] > 0);
  const ordinary = weighted.map((slot) => userIn(settings, target!, slot));
  const marks = [
    ...settings.audiences.flatMap(({ match }) => ('sourceRanges' in match ? [] : [match])),
    ...(settings.preview === null || 'port' in settings.preview ? [] : [settings.preview]),
  ];
  const marked = marks.map(
    (mark): NginxUser =>
      'header' in mark ? { headers: { [mark.header]: mark.equals } } : { cookies: { [mark.cookie]: mark.equals } },
  );
  return [...(ordinary.length === 0 ? [namedUser(settings, 0)] : ordinary), ...marked];
}

/** A user whose bucket belongs to this slot. */
function userIn(settings: Settings, target: TrafficTarget, slot: Slot): NginxUser {
  const buckets = new Set(bucketsOf(target)[slot]);
  for (let number = 0; ; number += 1) {
    const user = namedUser(settings, number);
    // One bucket in a thousand is hit soon: after 100,000 names the chance of a miss is below 1e-43.
    if (number > 100_000 || buckets.has(bucketOf(saltedKey(settings, user)))) return user;
  }
}

function namedUser({ userKey }: Settings, number: number): NginxUser {
  const value = `bluegreen-test-${number}`;
  return 'cookie' in userKey ? { cookies: { [userKey.cookie]: value } } : { headers: { [userKey.header]: value } };
}

/** The test users whom nginx sends elsewhere than the target says, in words. */
export function misdirected(settings: Settings, target: TrafficTarget, decisions: readonly Decision[]): string[] {
  const isSplitPerRequest = target.cohort.kind === 'per-request' && target.weights.green % 100 !== 0;
  return decisions.flatMap(({ user, pool, bucket, who }) => {
    const slot = whichSlot(settings, user, target);
    if (slot === null && isSplitPerRequest && who !== 'preview') return [];
    const expected = slot === null ? `${settings.prefix}_nobody` : settings.upstreams[slot].name;
    return pool === expected ? [] : [`${who} in bucket ${bucket} goes to ${pool} instead of ${expected}`];
  });
}
