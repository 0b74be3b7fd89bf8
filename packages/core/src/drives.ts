import {
  fail,
  isBluegreenError,
  type JournalRecord,
  type JournalSession,
  type Lease,
  releaseResource,
  type TimerHandle,
} from '@bluegreen/contract';
import type { Fact, ReleaseEvent, ReleasePlan, ReleaseState } from '@bluegreen/machine';
import { deliverLeft } from './notify/deliver-left.js';
import { readState } from './read-journal.js';
import { type Drive, type DriveContext, driveRelease } from './release-drive.js';

/** A lease is renewed this often within its time to live. */
const renewalsPerTtl = 3;

/** The releases that this process drives, and its presence in the journal. */
export class Drives {
  readonly #context: DriveContext;
  readonly #ttlMs: number;
  readonly #drives = new Map<string, Drive>();
  #session: Promise<JournalSession> | null = null;
  #heartbeat: TimerHandle | null = null;
  #isClosed = false;

  constructor(context: DriveContext, ttlMs: number) {
    this.#context = context;
    this.#ttlMs = ttlMs;
  }

  get(releaseId: string): Drive | undefined {
    return this.#drives.get(releaseId);
  }

  /** Starts driving a release that does not exist yet. @throws `journal/lease-held` */
  async begin(
    request: Fact & { readonly type: 'release-requested' },
    above: Readonly<Record<string, number>>,
  ): Promise<void> {
    await this.#whileOpen(request.id, async () => {
      const lease = await this.#acquire(request.id, request.plan, above);
      await this.#drive(request.id, lease, request);
    });
  }

  /** How many of the releases that this process drives are so. */
  count(isSo: (state: ReleaseState) => boolean): number {
    return [...this.#drives.values()].filter(({ state }) => isSo(state)).length;
  }

  /** Records a release that waits for its turn, without owning anything but the release itself. */
  async enqueue(request: Fact & { readonly type: 'release-requested' }): Promise<void> {
    await this.#whileOpen(request.id, () => this.#record(request));
  }

  async #record(request: Fact & { readonly type: 'release-requested' }): Promise<void> {
    const session = await this.#join();
    const lease = await session.acquire([releaseResource(request.id)], {});
    try {
      const writer = await lease.writer(request.id);
      const { at } = request;
      const events: readonly ReleaseEvent[] = [request, { type: 'phase-entered', at, phase: 'preparing', from: null }];
      const records = await writer.append(events);
      this.#context.onRecords(request.id, records as readonly JournalRecord<ReleaseEvent>[]);
      await writer.close();
    } finally {
      await lease.free();
    }
  }

  /** Goes on with a release that nobody drives. False when somebody does, or when it is over. */
  async takeOver(releaseId: string): Promise<boolean> {
    if (this.#isClosed || this.#drives.has(releaseId)) return false;
    const { plan } = await readState(this.#context.journal, releaseId);
    let lease: Lease;
    try {
      lease = await this.#acquire(releaseId, plan, {});
    } catch (error) {
      if (isBluegreenError(error) && error.code === 'journal/lease-held') return false;
      throw error;
    }
    await this.#drive(releaseId, lease, null);
    return true;
  }

  /** Sends the notices of a release that is over which nobody heard yet. True when none is left. */
  deliverLeft(releaseId: string): Promise<boolean> {
    const { journal, sinks, clock, logger } = this.#context;
    if (this.#isClosed || Object.keys(sinks).length === 0) return Promise.resolve(!this.#isClosed);
    return deliverLeft({ journal, sinks, clock, logger, session: () => this.#join() }, releaseId);
  }

  /** Leaves every release as it is and frees its lease. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#drives.values()].map((drive) => drive.detach()));
    if (this.#heartbeat !== null) this.#context.clock.clearTimeout(this.#heartbeat);
    if (this.#session !== null) await (await this.#session).close();
  }

  /** What fails because this process closes meanwhile was not done: another one can do it, and the code says so. */
  async #whileOpen(releaseId: string, work: () => Promise<void>): Promise<void> {
    if (this.#isClosed) throw fail('release/detached', { detail: releaseId });
    try {
      await work();
    } catch (error) {
      // With its presence in the journal go its leases, and what was being written with them.
      const isOurs = isBluegreenError(error) && ['journal/closed', 'journal/writer-refused'].includes(error.code);
      throw this.#isClosed && isOurs ? fail('release/detached', { detail: releaseId, cause: error }) : error;
    }
  }

  async #acquire(releaseId: string, plan: ReleasePlan, above: Readonly<Record<string, number>>): Promise<Lease> {
    if (this.#isClosed) throw fail('release/detached', { detail: releaseId });
    const session = await this.#join();
    return session.acquire(resourcesOf(releaseId, plan), above);
  }

  async #drive(
    releaseId: string,
    lease: Lease,
    request: (Fact & { readonly type: 'release-requested' }) | null,
  ): Promise<void> {
    try {
      const drive = await driveRelease(this.#context, releaseId, lease, request);
      this.#drives.set(releaseId, drive);
      void drive.ended.then(() => this.#drives.delete(releaseId));
      // Closed since the lease was asked for: it is recorded, and whoever comes next drives it.
      if (this.#isClosed) await drive.detach();
    } catch (error) {
      await lease.free();
      throw error;
    }
  }

  #join(): Promise<JournalSession> {
    if (this.#session === null) {
      const { journal, owner } = this.#context;
      this.#session = journal.join({ id: owner, ttlMs: this.#ttlMs });
      this.#session.then(
        (session) => this.#beat(session),
        () => {
          this.#session = null;
        },
      );
    }
    return this.#session;
  }

  /** Renews once per process, not per lease. A missed renewal is no fault: `confirm` before each write tells. */
  #beat(session: JournalSession): void {
    const { clock, logger } = this.#context;
    this.#heartbeat = clock.setTimeout(() => {
      session
        .renew()
        .catch((error) => logger.warn({ error }, 'the presence of this process could not be renewed'))
        .finally(() => {
          if (!this.#isClosed) this.#beat(session);
        });
    }, this.#ttlMs / renewalsPerTtl);
  }
}

/** What a release must own: itself, and everything that it may write to. */
function resourcesOf(releaseId: string, plan: ReleasePlan): readonly string[] {
  const resources = new Set([releaseResource(releaseId)]);
  for (const { traffic, environment } of Object.values(plan.services)) {
    resources.add(traffic.resource).add(environment.resource);
  }
  return [...resources].sort();
}

/** Whether two releases would write to the same things. */
export function overlaps(a: ReleasePlan, b: ReleasePlan): boolean {
  const resources = new Set(resourcesOf('', a));
  resources.delete(releaseResource(''));
  return (
    resourcesOf('', b).some((resource) => resources.has(resource)) ||
    Object.keys(a.services).some((name) => name in b.services)
  );
}
