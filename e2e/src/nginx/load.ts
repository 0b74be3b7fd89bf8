import { Agent, request } from 'node:http';
import type { Slot } from '@bluegreen/contract';

/** One request, from the moment a client decided to send it. Instants are `performance.now()`. */
export interface RequestRecord {
  readonly client: number;
  readonly kind: 'keep-alive' | 'fresh';
  readonly startedAt: number;
  readonly endedAt: number;
  /** The only slot that could rightly answer when it started; `null` while routing was changing. */
  readonly expected: Slot | null;
  readonly slot: Slot | null;
  readonly version: string | null;
  /** Why it failed: a transport error, or a status other than 2xx. `null` when it did not. */
  readonly problem: string | null;
  /**
   * Answered by the other slot although nothing changed from before its start to its end. Where routing began to
   * change in between, the other slot may be right, and the answer is `undecided`.
   */
  readonly verdict: 'right' | 'stale' | 'undecided' | 'failed';
}

export interface LoadOptions {
  readonly port: number;
  readonly keepAliveClients: number;
  readonly freshClients: number;
  /** Pause of each client between two requests. Default 0: the next one starts at once. */
  readonly pauseMs?: number;
  readonly path?: string;
  /** Every request as it ends, for checks of one's own. Must not throw. */
  readonly onRecord?: (record: RequestRecord) => void;
}

export interface LoadResult {
  readonly requests: number;
  readonly failed: number;
  /** A kept-alive connection can die under a request, a fresh one cannot. */
  readonly failedByKind: Readonly<Record<RequestRecord['kind'], number>>;
  readonly stale: number;
  readonly undecided: number;
  readonly bySlot: Readonly<Record<Slot, number>>;
  readonly byVersion: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The first records that failed or were stale, at most 20. */
  readonly wrong: readonly RequestRecord[];
}

export interface Load {
  /** From now on only this slot may answer a request that starts. */
  expect(slot: Slot): void;
  /** Routing begins to change: until the next `expect`, both slots are right. */
  expectEither(): void;
  /** Requests that have ended so far. */
  readonly ended: number;
  /** Resolves when `count` more requests have ended. */
  more(count: number): Promise<void>;
  /** Lets every client finish its request and ends. */
  stop(): Promise<LoadResult>;
}

const longestRequestMs = 30_000;
const mostWrongKept = 20;
const mostLatencies = 200_000;

/** Clients in this process, so that "started after `route` returned" is one order of events and not two clocks. */
export function startLoad(options: LoadOptions): Load {
  const tally = new Tally(options.onRecord);
  let expected: Slot | null = null;
  let change = 0;
  let running = true;
  const client = async (kind: RequestRecord['kind'], number: number) => {
    const agent = kind === 'keep-alive' ? new Agent({ keepAlive: true, maxSockets: 1 }) : false;
    while (running) {
      const started = { client: number, kind, startedAt: performance.now(), expected, change };
      const { slot, version, problem } = await send(options, agent, `client-${number}`);
      const isOther = started.expected !== null && slot !== null && slot !== started.expected;
      const verdict =
        problem !== null ? 'failed' : !isOther ? 'right' : started.change === change ? 'stale' : 'undecided';
      const { change: _, ...start } = started;
      tally.add({ ...start, endedAt: performance.now(), slot, version, problem, verdict });
      if (options.pauseMs) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
    }
    if (agent !== false) agent.destroy();
  };
  const clients = [
    ...Array.from({ length: options.keepAliveClients }, (_, number) => client('keep-alive', number)),
    ...Array.from({ length: options.freshClients }, (_, number) => client('fresh', options.keepAliveClients + number)),
  ];
  return {
    expect(slot) {
      expected = slot;
    },
    expectEither() {
      expected = null;
      change += 1;
    },
    get ended() {
      return tally.requests;
    },
    more: (count) => tally.reach(tally.requests + count),
    async stop() {
      running = false;
      await Promise.all(clients);
      return tally.result();
    },
  };
}

interface Sent {
  readonly slot: Slot | null;
  readonly version: string | null;
  readonly problem: string | null;
}

function send({ port, path }: LoadOptions, agent: Agent | false, user: string): Promise<Sent> {
  return new Promise((resolve) => {
    const fail = (problem: string) => resolve({ slot: null, version: null, problem });
    const headers = { cookie: `uid=${user}` };
    const sent = request({ host: '127.0.0.1', port, path: path ?? '/', agent, headers, timeout: longestRequestMs });
    sent.on('response', (response) => {
      const slot = (response.headers['x-slot'] as Slot | undefined) ?? null;
      const version = (response.headers['x-version'] as string | undefined) ?? null;
      const status = response.statusCode ?? 0;
      response.resume();
      response.on('error', (error) => fail(`answer cut: ${error.message}`));
      response.on('end', () => {
        const isGood = status >= 200 && status < 300 && slot !== null;
        resolve({ slot, version, problem: isGood ? null : `status ${status}` });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${longestRequestMs} ms`)));
    sent.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    sent.end();
  });
}

/** Counts, and keeps no more of the requests than it must. */
class Tally {
  requests = 0;
  readonly #counts = { failed: 0, stale: 0, undecided: 0, right: 0 };
  readonly #failedByKind = { 'keep-alive': 0, fresh: 0 };
  readonly #bySlot: Record<Slot, number> = { blue: 0, green: 0 };
  readonly #byVersion = new Map<string, number>();
  readonly #latencies: number[] = [];
  readonly #wrong: RequestRecord[] = [];
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #onRecord: ((record: RequestRecord) => void) | undefined;

  constructor(onRecord: ((record: RequestRecord) => void) | undefined) {
    this.#onRecord = onRecord;
  }

  add(record: RequestRecord): void {
    const { slot, version, verdict, startedAt, endedAt, kind } = record;
    this.requests += 1;
    this.#counts[verdict] += 1;
    if (verdict === 'failed') this.#failedByKind[kind] += 1;
    if (slot !== null) this.#bySlot[slot] += 1;
    if (version !== null) this.#byVersion.set(version, (this.#byVersion.get(version) ?? 0) + 1);
    // A ring: with more requests than fit, the latencies are those of the last ones.
    this.#latencies[(this.requests - 1) % mostLatencies] = endedAt - startedAt;
    if ((verdict === 'failed' || verdict === 'stale') && this.#wrong.length < mostWrongKept) this.#wrong.push(record);
    this.#onRecord?.(record);
    const due = this.#waiting.filter(({ count }) => count <= this.requests);
    for (const each of due) {
      this.#waiting.splice(this.#waiting.indexOf(each), 1);
      each.resolve();
    }
  }

  reach(count: number): Promise<void> {
    if (this.requests >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  result(): LoadResult {
    const { failed, stale, undecided } = this.#counts;
    return {
      requests: this.requests,
      failed,
      failedByKind: { ...this.#failedByKind },
      stale,
      undecided,
      bySlot: { ...this.#bySlot },
      byVersion: Object.fromEntries(this.#byVersion),
      latencyMs: quantiles(this.#latencies),
      wrong: [...this.#wrong],
    };
  }
}

/** Median, 99th percentile and maximum, rounded to hundredths; zeros without samples. */
export function quantiles(samples: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
