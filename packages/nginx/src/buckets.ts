import { createHash } from 'node:crypto';
import type { Cohort, Slot, TrafficTarget } from '@bluegreen/contract';
import { murmur2 } from './murmur2.js';

/** Users are split into this many buckets: one is a tenth of a percent. */
export const bucketCount = 1000;

/**
 * What nginx gives 0.1 % of `split_clients`: `floor(10 * 0xffffffff / 10000)`.
 * Source: nginx `src/http/modules/ngx_http_split_clients_module.c`.
 */
const bucketWidth = 4_294_967;

/** The bucket that nginx puts this (salted) key in. */
export function bucketOf(saltedKey: string): number {
  return Math.min(Math.floor(murmur2(saltedKey) / bucketWidth), bucketCount - 1);
}

/** The order in which buckets move: by number, or drawn anew from the salt of a release. */
function bucketOrder(cohort: Cohort): readonly number[] {
  const numbers = Array.from({ length: bucketCount }, (_, bucket) => bucket);
  if (cohort.kind !== 'redrawn') return numbers;
  const rank = numbers.map((bucket) => createHash('sha256').update(`${cohort.salt}\0${bucket}`).digest('hex'));
  return numbers.sort((a, b) => (rank[a]! < rank[b]! ? -1 : 1));
}

/**
 * The buckets of both slots, together always all of them.
 *
 * The candidate takes the first buckets of the order and the other slot the rest, so the same people are asked first
 * whichever colour the candidate has (S55), and a growing weight only adds users to it (S9). Without a candidate,
 * green counts as one.
 */
export function bucketsOf(target: TrafficTarget): Readonly<Record<Slot, readonly number[]>> {
  const order = bucketOrder(target.cohort);
  const candidate = target.candidate ?? 'green';
  const share = Math.round(target.weights[candidate] * 10);
  const [first, rest] = [order.slice(0, share), order.slice(share)];
  return candidate === 'green' ? { blue: rest, green: first } : { blue: first, green: rest };
}
