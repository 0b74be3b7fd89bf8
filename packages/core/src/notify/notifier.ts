import type { Clock, JournalRecord, Logger } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import { cursorOf, type NotifySinks, noticesAfter } from './notice.js';
import { SinkQueue } from './sink-queue.js';

export interface NotifierOptions {
  readonly releaseId: string;
  readonly sinks: NotifySinks;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly confirm: () => Promise<void>;
  readonly append: (events: readonly ReleaseEvent[]) => Promise<void>;
}

/**
 * Tells the sinks of one release what happened: at least once, in the order of its journal, from where the journal says
 * that each sink is. Beside the driver: whatever a sink does, the release goes on.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #queues: ReadonlyMap<string, SinkQueue>;
  readonly #unknown: readonly string[];

  /** `history` is what the journal holds already. */
  constructor(options: NotifierOptions, history: readonly JournalRecord[]) {
    this.#options = options;
    const { sinks, clock, logger, confirm, releaseId } = options;
    this.#unknown = Object.keys(sinks).filter((name) => cursorOf(history, name) === null);
    this.#queues = new Map(
      Object.entries(sinks).map(([name, sink]) => {
        const remember = (upTo: number): Promise<void> => this.#remember(name, upTo);
        const queue = new SinkQueue({ name, sink, clock, logger, confirm, remember });
        queue.add(noticesAfter(releaseId, history, cursorOf(history, name) ?? 0, sink));
        return [name, queue];
      }),
    );
  }

  /** Records who the sinks of this release are, so that somebody tells them even if they never heard a thing. */
  async begin(): Promise<void> {
    for (const name of this.#unknown) await this.#remember(name, 0);
  }

  push(records: readonly JournalRecord[]): void {
    const { releaseId, sinks } = this.#options;
    for (const [name, queue] of this.#queues) queue.add(noticesAfter(releaseId, records, 0, sinks[name]!));
  }

  /** Gives the sinks some time to hear the rest, then stops. What they did not hear waits for the next recovery. */
  async finish(withinMs: number): Promise<void> {
    const { clock } = this.#options;
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, withinMs);
    });
    await Promise.race([Promise.all([...this.#queues.values()].map((queue) => queue.idle())), late]);
    clock.clearTimeout(timer);
    await this.stop();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.stop()));
  }

  #remember(sink: string, upTo: number): Promise<void> {
    return this.#options.append([{ type: 'notified', at: this.#options.clock.now(), sink, upTo }]);
  }
}
