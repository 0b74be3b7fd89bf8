import { randomUUID } from 'node:crypto';
import { fail, type JournalSession } from '@bluegreen/contract';
import type { JournalContext } from './context.js';
import { makeDurableDirectory, quietly } from './durable-file.js';
import { acquireLeases, FileLease } from './file-lease.js';
import { unlessMissing } from './file-system.js';
import type { Claimant } from './lease-taking.js';
import { writePresence } from './presence.js';
import { onDisk } from './storage-failure.js';
import { sweepDead } from './sweep.js';

/** Becomes an owner: makes the directories where they are missing, and the presence. */
export async function joinSession(
  context: JournalContext,
  owner: { readonly id: string; readonly ttlMs: number },
): Promise<JournalSession> {
  const { fileSystem, layout } = context;
  await makeDurableDirectory(context, layout.root);
  for (const directory of [layout.temporary, layout.owners, layout.leases, layout.order, layout.releases]) {
    await fileSystem.makeDirectory(directory);
  }
  // Each time: whoever made them may have died before this.
  await fileSystem.syncDirectory(layout.root);
  const session = new FileSession(context, owner);
  await session.renew();
  return session;
}

class FileSession implements JournalSession {
  readonly owner: string;
  readonly ttlMs: number;
  readonly #context: JournalContext;
  readonly #claimant: Claimant;
  readonly #leases = new Set<FileLease>();
  #renewing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;
  #swept: Promise<void> | null = null;

  constructor(context: JournalContext, owner: { readonly id: string; readonly ttlMs: number }) {
    this.owner = owner.id;
    this.ttlMs = owner.ttlMs;
    this.#context = context;
    this.#claimant = { owner: owner.id, presence: randomUUID(), held: new Set() };
  }

  renew(): Promise<void> {
    if (this.#closing !== null) return Promise.reject(this.#closedFailure());
    const { presence, owner } = this.#claimant;
    const renewing = onDisk(() => writePresence(this.#context, presence, { owner, ttlMs: this.ttlMs }));
    const before = this.#renewing;
    this.#renewing = renewing.then(
      () => before,
      () => before,
    );
    return renewing;
  }

  async acquire(resources: readonly string[], above: Readonly<Record<string, number>> = {}): Promise<FileLease> {
    if (this.#closing !== null) throw this.#closedFailure();
    const taken = await onDisk(() => acquireLeases(this.#context, this.#claimant, resources, above));
    // What can't be swept now is swept by the next one; a lease never waits for it, or fails by it.
    this.#swept ??= quietly(sweepDead(this.#context, this.#claimant.presence));
    await this.#swept;
    const lease: FileLease = new FileLease(this.#context, this.#claimant, taken, () => this.#leases.delete(lease));
    if (this.#closing !== null) {
      await lease.free();
      throw this.#closedFailure();
    }
    this.#leases.add(lease);
    return lease;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // A lease that can't be freed one by one is free as soon as the presence is gone.
    for (const lease of this.#leases) await lease.free().catch(() => undefined);
    await this.#renewing;
    const { fileSystem, layout } = this.#context;
    await onDisk(() => unlessMissing(fileSystem.remove(layout.presence(this.#claimant.presence)), undefined));
  }

  #closedFailure(): Error {
    return fail('journal/closed', { detail: `owner ${this.owner}` });
  }
}
