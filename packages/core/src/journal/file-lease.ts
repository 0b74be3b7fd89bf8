import { fail, type Lease, releaseResource } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { assertHighest, freeLease, type LeaseFile, removeLeasesBelow } from './lease-file.js';
import { type Claimant, leaseKey, takeLease, withdrawLease } from './lease-taking.js';
import { instantOf, momentNow } from './moment.js';
import { releaseOf } from './release-of.js';
import { openSegmentWriter } from './segment-opening.js';
import type { SegmentWriter } from './segment-writer.js';
import { onDisk } from './storage-failure.js';

/** Takes all of `resources` or none, in sorted order, so that two who want the same ones never wait for each other. */
export async function acquireLeases(
  context: JournalContext,
  claimant: Claimant,
  resources: readonly string[],
  above: Readonly<Record<string, number>>,
): Promise<readonly LeaseFile[]> {
  const taken: LeaseFile[] = [];
  try {
    for (const resource of [...new Set(resources)].sort()) {
      taken.push(await takeLease(context, resource, above[resource] ?? 0, claimant));
    }
  } catch (error) {
    for (const lease of taken.reverse()) await withdrawLease(context, lease, claimant);
    throw error;
  }
  // Only now: while it could still be given back, the epoch before was the one to go back to.
  for (const { resource, epoch } of taken) {
    // What can't be removed now is removed by the next one who takes this lease.
    await removeLeasesBelow(context, resource, epoch).catch(() => undefined);
  }
  return taken;
}

/** Leases that were taken together. */
export class FileLease implements Lease {
  readonly epochs: Readonly<Record<string, number>>;
  readonly lastHeldAt: Readonly<Record<string, number | null>>;
  readonly #context: JournalContext;
  readonly #claimant: Claimant;
  readonly #leases: readonly LeaseFile[];
  readonly #writers = new Map<string, Promise<SegmentWriter>>();
  readonly #onFreed: () => void;
  #freeing: Promise<void> | null = null;

  constructor(context: JournalContext, claimant: Claimant, leases: readonly LeaseFile[], onFreed: () => void) {
    const [time, self] = [context.time, context.processes.self()];
    this.#context = context;
    this.#claimant = claimant;
    this.#leases = leases;
    this.#onFreed = onFreed;
    this.epochs = Object.fromEntries(leases.map(({ resource, epoch }) => [resource, epoch]));
    this.lastHeldAt = Object.fromEntries(
      leases.map(({ resource, lastHeld }) => [resource, lastHeld === null ? null : instantOf(lastHeld, time, self)]),
    );
  }

  confirm(): Promise<void> {
    return onDisk(async () => {
      if (this.#freeing !== null) throw fail('journal/lease-lost', { detail: 'freed here' });
      for (const { resource, epoch } of this.#leases) await assertHighest(this.#context, resource, epoch);
    });
  }

  writer(releaseId: string): Promise<SegmentWriter> {
    const resource = releaseResource(releaseId);
    const epoch = this.epochs[resource];
    if (this.#freeing !== null || epoch === undefined || this.#writers.has(releaseId)) {
      const why = epoch === undefined ? 'not among its resources' : this.#freeing ? 'freed' : 'opened before';
      return Promise.reject(fail('journal/writer-refused', { detail: `${releaseId}: ${why}` }));
    }
    const assertHeld = () => assertHighest(this.#context, resource, epoch);
    const opening = onDisk(() => openSegmentWriter(this.#context, { releaseId, epoch, assertHeld }));
    this.#writers.set(releaseId, opening);
    // Nothing was opened then, so it may be tried again.
    opening.catch(() => this.#writers.delete(releaseId));
    return opening;
  }

  /** Closes its writers first, which finish what they were given. May be tried again when it fails. */
  free(): Promise<void> {
    this.#freeing ??= this.#free().catch((error: unknown) => {
      this.#freeing = null;
      throw error;
    });
    return this.#freeing;
  }

  async #free(): Promise<void> {
    const inUse = new Set<string>();
    for (const [releaseId, opening] of this.#writers) {
      const writer = await opening.catch(() => null);
      await writer?.close();
      if (writer?.appended === true) inUse.add(releaseId);
    }
    for (const lease of this.#leases) await this.#freeOne(lease, inUse);
    this.#onFreed();
  }

  async #freeOne(lease: LeaseFile, inUse: ReadonlySet<string>): Promise<void> {
    const key = leaseKey(lease.resource, lease.epoch);
    if (!this.#claimant.held.has(key)) return;
    const release = releaseOf(lease.resource);
    const now = momentNow(this.#context.time, this.#context.processes.self());
    const lastHeld = release === null || inUse.has(release) ? now : lease.lastHeld;
    await onDisk(() => freeLease(this.#context, lease, lastHeld));
    this.#claimant.held.delete(key);
  }
}
