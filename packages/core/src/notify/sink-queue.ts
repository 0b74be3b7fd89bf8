import { type Clock, type Logger, pauseFor } from '@bluegreen/contract';
import { limitedCall } from '../limited-call.js';
import type { Notice, NotifySink } from './notice.js';

export interface SinkQueueOptions {
  readonly name: string;
  readonly sink: NotifySink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether this process may still speak for the release. Rejects when it may not. */
  readonly confirm: () => Promise<void>;
  /** Makes it durable that the sink heard everything up to there. */
  readonly remember: (upTo: number) => Promise<void>;
}

const sendMs = 10_000;
const firstPauseMs = 500;
const longestPauseMs = 60_000;

/** The notices for one sink, sent one after another; the next one leaves when the one before is remembered as heard. */
export class SinkQueue {
  readonly #options: SinkQueueOptions;
  readonly #notices: Notice[] = [];
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: SinkQueueOptions) {
    this.#options = options;
  }

  add(notices: readonly Notice[]): void {
    this.#notices.push(...notices);
    if (this.#running !== null || this.#notices.length === 0 || this.#stopping.signal.aborted) return;
    this.#running = this.#sendAll().finally(() => {
      this.#running = null;
      // What came after the last look of the loop.
      this.add([]);
    });
  }

  /** Resolves when everything was heard, or when it is stopped. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #sendAll(): Promise<void> {
    const { name, clock, logger, confirm, remember } = this.#options;
    const { signal } = this.#stopping;
    let pauseMs = firstPauseMs;
    for (let notice = this.#notices[0]; notice !== undefined && !signal.aborted; notice = this.#notices[0]) {
      try {
        // Who lost the release must not speak after its successor did.
        await confirm();
      } catch {
        this.#stopping.abort();
        return;
      }
      if (await this.#isHeard(notice)) {
        pauseMs = firstPauseMs;
        this.#notices.shift();
        try {
          await remember(notice.seq);
        } catch {
          // The journal takes nothing more from here: the next owner sends it again.
          this.#stopping.abort();
        }
      } else if (!signal.aborted) {
        logger.warn({ sink: name, notice: notice.id, againInMs: pauseMs }, 'a notice was not heard');
        await pauseFor(clock, pauseMs, signal);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
    }
  }

  async #isHeard(notice: Notice): Promise<boolean> {
    const { sink, clock, logger, name } = this.#options;
    try {
      return await limitedCall({ clock, limitMs: sendMs, signal: this.#stopping.signal }, ({ signal, aborted }) =>
        Promise.race([send(sink, notice, signal), aborted.then(() => false)]),
      );
    } catch (error) {
      logger.debug({ sink: name, notice: notice.id, error }, 'a sink rejected');
      return false;
    }
  }
}

async function send(sink: NotifySink, notice: Notice, signal: AbortSignal): Promise<true> {
  await sink.send(notice, { signal });
  return true;
}
