import { type Clock, fail, type JournalCommand, type JournalRecord } from '@bluegreen/contract';
import { releaseOf } from './release-of.js';

export interface MemoryOwner {
  readonly id: string;
  readonly ttlMs: number;
  renewedAt: number;
  closed: boolean;
}

export interface MemoryRelease {
  readonly records: JournalRecord[];
  readonly commands: Map<string, JournalCommand>;
  readonly watchers: Set<() => void>;
}

interface MemoryHolding {
  readonly epoch: number;
  readonly owner: MemoryOwner;
  readonly lastHeldAt: number | null;
  freed: boolean;
}

export interface TakenEpoch {
  readonly epoch: number;
  readonly lastHeldAt: number | null;
}

/** What all owners of one memory journal share. Everything here happens at once, so nothing can come too late. */
export class MemoryStore {
  readonly clock: Clock;
  readonly #releases = new Map<string, MemoryRelease>();
  readonly #holdings = new Map<string, MemoryHolding>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Ids of releases with a record, oldest first: the order of first records. */
  releaseIds(): readonly string[] {
    const known = [...this.#releases].filter(([, { records }]) => records.length > 0);
    return known.map(([id]) => id);
  }

  /** The release, when it has a record. */
  known(releaseId: string): MemoryRelease | null {
    const release = this.#releases.get(releaseId);
    return release === undefined || release.records.length === 0 ? null : release;
  }

  /** The release; an empty one when nothing is recorded yet. */
  release(releaseId: string): MemoryRelease {
    const release = this.#releases.get(releaseId) ?? { records: [], commands: new Map(), watchers: new Set() };
    this.#releases.set(releaseId, release);
    return release;
  }

  /** Puts a release that got its first record behind those that had one before. */
  remember(releaseId: string): void {
    const release = this.release(releaseId);
    this.#releases.delete(releaseId);
    this.#releases.set(releaseId, release);
  }

  /** Takes all of `resources` or none. @throws `journal/lease-held` */
  take(
    owner: MemoryOwner,
    resources: readonly string[],
    above: Readonly<Record<string, number>>,
  ): ReadonlyMap<string, TakenEpoch> {
    const sorted = [...new Set(resources)].sort();
    for (const resource of sorted) this.#assertFree(resource);
    const taken = new Map<string, TakenEpoch>();
    for (const resource of sorted) {
      const epoch = Math.max(this.#holdings.get(resource)?.epoch ?? 0, above[resource] ?? 0) + 1;
      const lastHeldAt = this.#lastHeldAt(resource);
      this.#holdings.set(resource, { epoch, owner, lastHeldAt, freed: false });
      taken.set(resource, { epoch, lastHeldAt });
    }
    return taken;
  }

  /** @throws `journal/lease-lost` */
  assertHeld(resource: string, epoch: number): void {
    const holding = this.#holdings.get(resource);
    if (holding?.epoch === epoch && !holding.freed) return;
    const now = holding?.epoch ?? 0;
    throw fail('journal/lease-lost', {
      detail: `${resource}: epoch ${epoch} was ${now === epoch ? 'freed' : `followed by ${now}`}`,
    });
  }

  free(resource: string, epoch: number): void {
    const holding = this.#holdings.get(resource);
    if (holding?.epoch !== epoch || holding.freed) return;
    const lastHeldAt = this.#wasInUse(resource, epoch) ? this.clock.now() : holding.lastHeldAt;
    this.#holdings.set(resource, { ...holding, lastHeldAt, freed: true });
  }

  #assertFree(resource: string): void {
    const holding = this.#holdings.get(resource);
    if (holding === undefined || holding.freed || holding.owner.closed) return;
    const { owner } = holding;
    if (this.clock.now() - owner.renewedAt > owner.ttlMs) return;
    throw fail('journal/lease-held', { detail: `${resource} is held by ${owner.id}` });
  }

  #lastHeldAt(resource: string): number | null {
    const holding = this.#holdings.get(resource);
    if (holding === undefined) return null;
    return holding.freed || !this.#wasInUse(resource, holding.epoch) ? holding.lastHeldAt : holding.owner.renewedAt;
  }

  /** Nobody watched a release through an owner who appended nothing, however long it held the lease. */
  #wasInUse(resource: string, epoch: number): boolean {
    const release = releaseOf(resource);
    return release === null || this.#releases.get(release)?.records.at(-1)?.epoch === epoch;
  }
}
