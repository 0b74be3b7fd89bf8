import { join } from 'node:path';
import { fail } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { addFile, quietly, replaceFile } from './durable-file.js';
import { unlessMissing } from './file-system.js';
import { leaseEpoch, leaseName } from './layout.js';
import { damaged, decodeLines, encodeLine } from './line.js';
import type { Moment } from './moment.js';
import { corrupt, format } from './segment.js';

/** What lies in `lease.<epoch>`. The highest epoch of a resource is the one that counts. */
export interface LeaseFile {
  readonly format: typeof format;
  readonly resource: string;
  readonly epoch: number;
  readonly owner: string;
  /** File name of its owner's presence; `null` once it was freed. */
  readonly presence: string | null;
  readonly takenAt: Moment;
  /** While held: when the holder before was last alive. Freed: what to tell the next one. */
  readonly lastHeld: Moment | null;
}

/** The highest epoch of a resource; 0 when nobody ever held it. */
export async function highestEpoch({ fileSystem, layout }: JournalContext, resource: string): Promise<number> {
  const names = await unlessMissing(fileSystem.list(layout.lease(resource)), []);
  return Math.max(0, ...names.map((name) => leaseEpoch(name) ?? 0));
}

/** @throws `journal/lease-lost` unless `epoch` is still the highest of its resource. */
export async function assertHighest(context: JournalContext, resource: string, epoch: number): Promise<void> {
  const highest = await highestEpoch(context, resource);
  if (highest !== epoch) {
    throw fail('journal/lease-lost', { detail: `${resource}: epoch ${epoch} was followed by ${highest}` });
  }
}

/** The lease of that epoch; `null` when it was cleaned up meanwhile. @throws `journal/corrupt` */
export async function readLease(context: JournalContext, resource: string, epoch: number): Promise<LeaseFile | null> {
  const path = join(context.layout.lease(resource), leaseName(epoch));
  const bytes = await unlessMissing(context.fileSystem.read(path), null);
  if (bytes === null) return null;
  const value = decodeLines(bytes).next().value;
  if (value === undefined || value === damaged) throw corrupt(path, 'line 1');
  const lease = value as LeaseFile | null;
  if (lease?.format !== format) {
    throw fail('journal/version-unknown', { detail: `${path}: format ${String(lease?.format)}` });
  }
  return lease;
}

/** Claims an epoch: complete or not at all, and for one owner only. Returns whether it was this one. */
export async function addLease(context: JournalContext, lease: LeaseFile): Promise<boolean> {
  const { fileSystem, layout } = context;
  const directory = layout.lease(lease.resource);
  await fileSystem.makeDirectory(directory);
  // Whoever made the directory may have died before this; the first epoch is linked after it only.
  if (lease.epoch === 1) await fileSystem.syncDirectory(layout.leases);
  if (!(await addFile(context, join(directory, leaseName(lease.epoch)), encodeLine(lease)))) return false;
  try {
    // An epoch that a provider has seen must never be given out again, not even after a power loss.
    await fileSystem.syncDirectory(directory);
    return true;
  } catch (error) {
    await quietly(removeLease(context, lease.resource, lease.epoch));
    throw error;
  }
}

/** Marks a lease as freed. Its epoch stays on the disk, so that the next one is higher. */
export async function freeLease(context: JournalContext, lease: LeaseFile, lastHeld: Moment | null): Promise<void> {
  if ((await highestEpoch(context, lease.resource)) !== lease.epoch) return;
  const path = join(context.layout.lease(lease.resource), leaseName(lease.epoch));
  await replaceFile(context, path, encodeLine({ ...lease, presence: null, lastHeld }), { sync: true });
}

export async function removeLease(
  { fileSystem, layout }: JournalContext,
  resource: string,
  epoch: number,
): Promise<void> {
  await unlessMissing(fileSystem.remove(join(layout.lease(resource), leaseName(epoch))), undefined);
}

/** Removes the epochs below `epoch`, oldest first. */
export async function removeLeasesBelow(context: JournalContext, resource: string, epoch: number): Promise<void> {
  const names = await unlessMissing(context.fileSystem.list(context.layout.lease(resource)), []);
  const old = names.flatMap((name) => leaseEpoch(name) ?? []).filter((other) => other < epoch);
  for (const other of old.sort((a, b) => a - b)) await removeLease(context, resource, other);
}

/** All epochs of a resource above `epoch`. */
export async function epochsAbove(
  context: JournalContext,
  resource: string,
  epoch: number,
): Promise<readonly number[]> {
  const names = await unlessMissing(context.fileSystem.list(context.layout.lease(resource)), []);
  return names.flatMap((name) => leaseEpoch(name) ?? []).filter((other) => other > epoch);
}
