import type { Journal, JournalRecord } from '@bluegreen/contract';
import { type Explanation, explain, type ReleaseEvent, type ReleaseState } from '@bluegreen/machine';
import { outcomeOf, type ReleaseOutcome } from './outcome-of.js';
import { foldRecords, readState } from './read-journal.js';
import type { NumberedEvent, ReleaseFeed } from './release-feed.js';

export interface ReleaseSource {
  readonly journal: Journal;
  readonly feed: ReleaseFeed;
  /** The state in this process, where it drives the release. */
  readonly driven: () => ReleaseState | null;
}

/** A handle on one release, driven here or anywhere else. Iterating it replays its events from the first one. */
export class Release implements AsyncIterable<NumberedEvent> {
  readonly id: string;
  readonly #source: ReleaseSource;
  #done: Promise<ReleaseOutcome> | null = null;

  constructor(id: string, source: ReleaseSource) {
    this.id = id;
    this.#source = source;
  }

  /**
   * How it ends: promoted (when the bake ends), rolled back, or stuck. Business outcomes never reject.
   * @throws `release/detached` when the releaser is closed before.
   */
  get done(): Promise<ReleaseOutcome> {
    this.#done ??= this.#awaitOutcome();
    return this.#done;
  }

  /** Every event from the first on, `seq` without holes; ends by itself after `release-finished`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<NumberedEvent, void> {
    for await (const { seq, event } of this.records()) yield { seq, ...event };
  }

  /** The same as journal records, as reports want them. */
  records(): AsyncGenerator<JournalRecord<ReleaseEvent>, void> {
    return this.#source.feed.follow(this.#source.journal, this.id);
  }

  /** The first event of this type, from the beginning on; `null` when the release ended without one. */
  async until<T extends NumberedEvent['type']>(type: T): Promise<(NumberedEvent & { readonly type: T }) | null> {
    for await (const event of this) {
      if (event.type === type) return event as NumberedEvent & { readonly type: T };
    }
    return null;
  }

  async state(): Promise<ReleaseState> {
    return this.#source.driven() ?? readState(this.#source.journal, this.id);
  }

  /** Why it is where it is, with the numbers, and what can be done now. */
  async explain(): Promise<Explanation> {
    return explain(await this.state());
  }

  async #awaitOutcome(): Promise<ReleaseOutcome> {
    for await (const event of this) {
      if (!endsIt(event.type)) continue;
      const records = await this.#source.journal.read(this.id);
      const outcome = outcomeOf(foldRecords(records.filter(({ seq }) => seq <= event.seq))!);
      if (outcome !== null) return outcome;
    }
    return outcomeOf(await readState(this.#source.journal, this.id))!;
  }
}

function endsIt(type: NumberedEvent['type']): boolean {
  return type === 'release-promoted' || type === 'release-finished';
}
