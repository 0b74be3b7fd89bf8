import { setTimeout } from 'node:timers/promises';
import { type Program, startProgram } from './programs.js';
import { type Signal, type Stage, signals } from './tally.js';

interface Running {
  readonly program: Program;
  readonly url: string;
  /** Somebody ended it; a server never ends by itself. */
  isTold: boolean;
}

/** What a request carries, byte for byte. */
export interface Content {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** When no request of anybody was answered for so long, the servers hang. */
const patienceMs = 60_000;

/** Two deploy servers over one journal, of which one or the other is ended again and again, and started anew. */
export class Servers {
  readonly #stage: Stage;
  readonly #env: Readonly<Record<string, string>>;
  readonly #running: Running[] = [];
  #isEnding = false;
  #answeredAt = performance.now();
  /** How long the last server took to begin: about what this machine needs for anything. */
  #startMs = 0;
  #trouble: Promise<void> = Promise.resolve();

  constructor(stage: Stage, env: Readonly<Record<string, string>>) {
    this.#stage = stage;
    this.#env = env;
  }

  async start(): Promise<void> {
    for (const place of [0, 1]) this.#running[place] = await this.#serve();
    this.#trouble = this.#endNowAndThen();
  }

  /** Asks either server, until one answers. Asking again is what a client does that was not answered. */
  async ask(method: 'GET' | 'POST', path: string, content: Content = {}): Promise<{ status: number; text: string }> {
    const askedAt = performance.now();
    for (let place = 0; ; place = 1 - place) {
      let last: unknown = 'unavailable';
      try {
        const answer = await fetch(this.#running[place]!.url + path, { method, ...content });
        const text = await answer.text();
        if (answer.status < 500) {
          this.#answeredAt = performance.now();
          return { status: answer.status, text };
        }
        last = text;
      } catch (error) {
        last = error;
      }
      if (performance.now() > Math.max(askedAt, this.#answeredAt) + patienceMs) {
        throw new Error(`nobody answers; ${method} ${path}: ${last}`);
      }
      await setTimeout(50);
    }
  }

  async close(): Promise<void> {
    this.#isEnding = true;
    await this.#trouble;
    for (const running of this.#running) await this.#end(running, 'SIGTERM');
  }

  async #endNowAndThen(): Promise<void> {
    const { random, tally } = this.#stage;
    for (let count = 0; !this.#isEnding; count++) {
      await setTimeout(this.#startMs * (1 + random() * 4));
      const place = random() < 0.5 ? 0 : 1;
      const signal = signals[count % 2]!;
      await this.#end(this.#running[place]!, signal);
      tally.ended.server[signal]++;
      this.#running[place] = await this.#serve();
    }
  }

  async #end(running: Running, signal: Signal): Promise<void> {
    const { tally } = this.#stage;
    const { program } = running;
    running.isTold = true;
    const toldAt = performance.now();
    program.limit();
    program.child.kill(signal);
    const { status, errors } = await program.ended;
    if (signal === 'SIGKILL') return;
    tally.sigtermMaxMs = Math.max(tally.sigtermMaxMs, Math.round(performance.now() - toldAt));
    if (status !== 0) tally.problems.push(`a server that was told to end: ${status} ${errors.slice(-600)}`);
  }

  async #serve(): Promise<Running> {
    const { tally } = this.#stage;
    const startedAt = performance.now();
    const program = startProgram('deploy-server', [], this.#env, { isServer: true });
    const url = await program.firstLine;
    if (url === null) throw new Error(`a server did not start: ${(await program.ended).errors}`);
    this.#startMs = performance.now() - startedAt;
    tally.startMaxMs = Math.max(tally.startMaxMs, Math.round(this.#startMs));
    const running: Running = { program, url, isTold: false };
    void program.ended.then(({ status, signal, errors }) => {
      if (!running.isTold) tally.problems.push(`a server ended by itself: ${status} ${signal} ${errors.slice(-1500)}`);
    });
    return running;
  }
}
