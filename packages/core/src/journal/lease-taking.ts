import { join } from 'node:path';
import { fail } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { quietly } from './durable-file.js';
import { unlessMissing } from './file-system.js';
import { newestEpoch } from './history.js';
import { segmentName } from './layout.js';
import { addLease, epochsAbove, highestEpoch, type LeaseFile, readLease, removeLease } from './lease-file.js';
import { decodeLines } from './line.js';
import { ageMs, type Moment, momentNow } from './moment.js';
import { isDead, readPresence } from './presence.js';
import { releaseOf } from './release-of.js';
import { format } from './segment.js';

/** Each attempt but the last was lost to somebody who took the lease and lost or freed it at once. */
const mostAttempts = 8;

/** Who takes a lease. */
export interface Claimant {
  readonly owner: string;
  readonly presence: string;
  /** The leases that this owner knows of, by `leaseKey`: another one in its name is left from a failure. */
  readonly held: Set<string>;
}

export function leaseKey(resource: string, epoch: number): string {
  return `${epoch} ${resource}`;
}

/**
 * Takes one lease. Who holds a resource is decided by one thing only: the highest epoch.
 *
 * - An epoch is claimed by linking `lease.<highest + 1>`, which only one can do. So of all who saw the same holder die,
 *   one wins.
 * - Somebody may have fallen asleep between looking and linking, while others took the lease, freed it, and cleaned up.
 *   Then a higher epoch than its own is there, because the highest one is never cleaned up: it looks again after
 *   linking and withdraws.
 * - An owner that was slow beyond its time to live, but that nobody followed, may renew and go on: its epoch is still
 *   the highest. If somebody saw it expired just before and links now, both orders are safe: once the link is there the
 *   slow one no longer passes `confirm` or `append`; what it did before was done by the only holder. Being alive is
 *   thus only a reason not to try; it never decides.
 * - To get above an epoch that a provider has seen, the winner links a second, higher one. It is in order already then.
 *
 * @throws `journal/lease-held`
 */
export async function takeLease(
  context: JournalContext,
  resource: string,
  above: number,
  claimant: Claimant,
): Promise<LeaseFile> {
  const release = releaseOf(resource);
  const written = release === null ? 0 : await newestEpoch(context.fileSystem, context.layout.release(release));
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const before = await highestEpoch(context, resource);
    const lastHeld = await lastHeldUnlessHeld(context, resource, before, claimant);
    if (lastHeld === 'changed') continue;
    const lease: LeaseFile = {
      format,
      resource,
      epoch: before + 1,
      owner: claimant.owner,
      presence: claimant.presence,
      takenAt: momentNow(context.time, context.processes.self()),
      lastHeld,
    };
    const taken = await claimEpochs(context, lease, Math.max(above, written) + 1, claimant);
    if (taken !== null) return taken;
  }
  throw fail('journal/lease-held', { detail: `${resource} is being taken by several others` });
}

/** Gives back what `takeLease` took, as if it had never been taken. */
export async function withdrawLease(context: JournalContext, lease: LeaseFile, claimant: Claimant): Promise<void> {
  claimant.held.delete(leaseKey(lease.resource, lease.epoch));
  await quietly(removeLease(context, lease.resource, lease.epoch));
}

/** Links `lease`, and a second one when `atLeast` is higher. `null` when somebody else was there. */
async function claimEpochs(
  context: JournalContext,
  lease: LeaseFile,
  atLeast: number,
  claimant: Claimant,
): Promise<LeaseFile | null> {
  const epochs = atLeast > lease.epoch ? [lease.epoch, atLeast] : [lease.epoch];
  const linked: LeaseFile[] = [];
  try {
    for (const epoch of epochs) {
      claimant.held.add(leaseKey(lease.resource, epoch));
      const claimed = { ...lease, epoch };
      if (!(await addLease(context, claimed))) throw new Overtaken(epoch);
      linked.push(claimed);
      const others = await epochsAbove(context, lease.resource, lease.epoch - 1);
      if (others.some((other) => !linked.some((own) => own.epoch === other))) throw new Overtaken(epoch);
    }
    return linked.at(-1)!;
  } catch (error) {
    for (const epoch of epochs) claimant.held.delete(leaseKey(lease.resource, epoch));
    for (const own of linked.reverse()) await withdrawLease(context, own, claimant);
    if (error instanceof Overtaken) return null;
    throw error;
  }
}

class Overtaken extends Error {
  constructor(epoch: number) {
    super(`epoch ${epoch} was overtaken`);
  }
}

/** When the holder of `epoch` was last alive, given that it no longer is. @throws `journal/lease-held` */
async function lastHeldUnlessHeld(
  context: JournalContext,
  resource: string,
  epoch: number,
  claimant: Claimant,
): Promise<Moment | null | 'changed'> {
  if (epoch === 0) return null;
  const lease = await readLease(context, resource, epoch);
  if (lease === null) return 'changed';
  if (lease.presence === null) return lease.lastHeld;
  const presence = await readPresence(context, lease.presence);
  const leftover = lease.presence === claimant.presence && !claimant.held.has(leaseKey(resource, epoch));
  if (presence !== null && !leftover && !isDead(context, presence)) {
    const seconds = ageMs(presence.renewedAt, momentNow(context.time, context.processes.self())) / 1_000;
    const who = `${lease.owner} (process ${presence.process.pid}, last seen ${seconds.toFixed(1)} s ago)`;
    throw fail('journal/lease-held', { detail: `${resource} is held by ${who}` });
  }
  if (leftover || !(await wasInUse(context, resource, epoch))) return lease.lastHeld;
  return presence?.renewedAt ?? lease.takenAt;
}

/** Nobody watched a release through an owner who appended nothing, however long it held the lease. */
async function wasInUse({ fileSystem, layout }: JournalContext, resource: string, epoch: number): Promise<boolean> {
  const release = releaseOf(resource);
  if (release === null) return true;
  const bytes = await unlessMissing(fileSystem.read(join(layout.release(release), segmentName(epoch))), null);
  if (bytes === null) return false;
  const lines = decodeLines(bytes);
  lines.next();
  return lines.next().done !== true;
}
