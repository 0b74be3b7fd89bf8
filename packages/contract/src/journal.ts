/** Anything that goes into a journal: plain JSON with a type and an instant. */
export interface JournalEvent {
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** One event with its place in the history of its release. */
export interface JournalRecord<E extends JournalEvent = JournalEvent> {
  /** 1, 2, 3 … without holes. */
  readonly seq: number;
  /** Epoch of the owner who wrote it. */
  readonly epoch: number;
  readonly event: E;
}

/** What somebody who does not hold the lease leaves for the one who does. */
export interface JournalCommand {
  /** Unique; the same id is applied once, however often it is sent. */
  readonly id: string;
  readonly type: string;
  readonly at: number;
}

/**
 * Where releases are remembered. Append-only; only the holder of a release's lease appends.
 * `read`, `releases` and `send` work for everybody, in any process.
 */
export interface Journal {
  readonly name: string;
  /**
   * The records of one release with `seq >= fromSeq` (1), oldest first; empty when the release is unknown.
   * A torn tail is left out. Changes nothing, whoever else is writing.
   * @throws `journal/corrupt`, `journal/version-unknown`
   */
  read(releaseId: string, fromSeq?: number): Promise<readonly JournalRecord[]>;
  /** Ids of all releases, oldest first. */
  releases(): Promise<readonly string[]>;
  /**
   * Leaves a command for the holder of the release. Durable when it resolves; a command whose id waits already changes
   * nothing.
   * @throws `journal/release-unknown` when the release has no record yet.
   */
  send(releaseId: string, command: JournalCommand): Promise<void>;
  /** Becomes an owner, who can hold leases as long as `renew` is called within `ttlMs`. */
  join(owner: { readonly id: string; readonly ttlMs: number }): Promise<JournalSession>;
}

/** One owner's presence. */
export interface JournalSession {
  readonly owner: string;
  readonly ttlMs: number;
  /** Proves that this owner lives, for all its leases at once. */
  renew(): Promise<void>;
  /**
   * Takes all of `resources`, in sorted order, or none. Each gets a new epoch, higher than every earlier one and than
   * `above[resource]`.
   * @throws `journal/lease-held` when somebody alive holds one of them, this owner included.
   */
  acquire(resources: readonly string[], above?: Readonly<Record<string, number>>): Promise<Lease>;
  /** Frees every lease that is left. */
  close(): Promise<void>;
}

export interface Lease {
  readonly epochs: Readonly<Record<string, number>>;
  /**
   * Per resource: when its last holder was last known to be alive, or freed it; `null` when nobody held it. For a
   * release's own resource a holder who appended nothing does not count: nobody watched the release through it.
   * Per resource, because somebody else may have used the router while nobody watched the release.
   */
  readonly lastHeldAt: Readonly<Record<string, number | null>>;
  /** Reads whether this owner still holds all of it. @throws `journal/lease-lost` */
  confirm(): Promise<void>;
  /**
   * Opens a release for appending, once per lease. Its resource, `releaseResource(id)`, must be among `epochs`.
   * Open first and `read` then: from here on nothing that an earlier owner still writes becomes part of the history.
   * @throws `journal/lease-lost`, `journal/writer-refused`, `journal/corrupt`, `journal/version-unknown`
   */
  writer(releaseId: string): Promise<JournalWriter>;
  free(): Promise<void>;
}

export interface JournalWriter {
  /**
   * Records all events or none, durable when it resolves. Calls that overlap are recorded in the order of the calls.
   * After `journal/append-failed` and `journal/lease-lost` every later append is refused too: what was decided on top
   * of a lost record must not be recorded.
   * @throws `journal/lease-lost`, `journal/append-failed`, `journal/entry-invalid`, `journal/closed`
   */
  append(events: readonly JournalEvent[]): Promise<readonly JournalRecord[]>;
  /** Commands that wait, oldest first. */
  commands(): Promise<readonly JournalCommand[]>;
  /** Drops commands whose effect is in the journal. */
  forget(ids: readonly string[]): Promise<void>;
  /** Calls back, soon after a command arrives; maybe once too often. Returns the function that stops it. */
  watch(onCommand: () => void): () => void;
  close(): Promise<void>;
}

/** The resource that stands for the release itself: who holds it appends to its journal. */
export function releaseResource(releaseId: string): string {
  return `release:${releaseId}`;
}
