import {
  type BluegreenError,
  type Clock,
  type DocumentTrafficOptions,
  documentTraffic,
  failures,
  fingerprint,
  printRouting,
  readRouting,
  type Slot,
  type TrafficAdapter,
  type TrafficTarget,
  trafficCapabilities,
  weights,
} from '@bluegreen/contract';
import type { ProbeRequest, TrafficBench } from '../traffic/traffic-bench.js';
import { ConnectionLost, MemoryProvider, travelMs } from './memory-provider.fixture.js';
import { SteppingClock } from './stepping-clock.fixture.js';

/** What the router goes by; the rest of a routing lies beside it, as a note. */
export interface RoutingTable {
  readonly greenPercent: number;
  readonly isSticky: boolean;
  readonly audiences: TrafficTarget['audiences'];
}

export interface RouterDocument {
  readonly table: RoutingTable | null;
  readonly note: string | null;
  /** Other people's rules in the same document. */
  readonly theirs: string;
}

export type RouterOptions = DocumentTrafficOptions<RouterDocument>;
export type RouterProvider = MemoryProvider<RouterDocument>;

export const secret = 'hunter2-token';
export const propagationMs = 100;

const fail = failures({
  'memory/conflict': { message: 'Changed since it was read.', hint: 'Read again.', reaction: 'recompute' },
  'memory/no-answer': { message: 'No answer came.', hint: 'Read it back.', reaction: 'read-back' },
  'memory/unreachable': { message: 'Nobody answers.', hint: 'Try again.', reaction: 'retry' },
});

/** A connection that ended, in the words of the contract. */
export function asFailure(error: unknown, isWrite: boolean): BluegreenError {
  const isSent = error instanceof ConnectionLost && error.isSent;
  return isSent && isWrite ? fail('memory/no-answer') : fail('memory/unreachable');
}

/** The two requests and the two mappings of a correct adapter. */
export function routerOptions(provider: RouterProvider): RouterOptions {
  return {
    name: 'memory-router',
    resource: 'memory-router:web',
    capabilities: trafficCapabilities({
      weightStepPercent: 1,
      splitUnit: 'request',
      fencing: 'enforced',
      remembers: ['candidate', 'fallback'],
      propagationMs,
      lateWriteMs: 2 * travelMs,
      audiences: ['header', 'cookie', 'source-range'],
      cohorts: ['sticky', 'redrawn', 'per-request', 'bound'],
      mirror: true,
      preview: true,
    }),
    async load({ signal }) {
      try {
        const { value, version } = await provider.get(signal);
        return { document: value, version: String(version) };
      } catch (error) {
        throw asFailure(error, false);
      }
    },
    async save(document, version, { signal }) {
      let isTaken: boolean;
      try {
        isTaken = await provider.put(() => document, Number(version), signal);
      } catch (error) {
        throw asFailure(error, true);
      }
      if (!isTaken) throw fail('memory/conflict');
    },
    read(document) {
      if (document === null || (document.table === null && document.note === null)) return 'unrouted';
      const stored = document.note === null ? null : readRouting(document.note);
      if (stored === null || document.table === null) return { foreign: 'the note does not belong to the table' };
      return { ...stored, target: { ...stored.target, weights: weights(document.table.greenPercent) } };
    },
    write: (document, stored) => ({
      theirs: document?.theirs ?? '',
      note: printRouting(stored),
      table: {
        greenPercent: stored.target.weights.green,
        isSticky: stored.target.cohort.kind === 'sticky',
        audiences: stored.target.audiences,
      },
    }),
    async dispose() {},
  };
}

/** A correct adapter; it also has a `preflight`, and reports a drain. */
export function memoryRouter(options: RouterOptions): TrafficAdapter {
  const counted = { kind: 'counted', open: 0 } as const;
  return {
    ...documentTraffic({ observe: () => ({ drain: { blue: counted, green: counted } }), ...options }),
    preflight: async () => [{ severity: 'note', code: 'memory/fine', message: 'All is well.', hint: 'Go on.' }],
  };
}

/** How an adapter is made from its provider; a mutant makes another one. */
export type MakeRouter = (provider: RouterProvider, clock: Clock) => TrafficAdapter;

/** One router in memory. `isVolatile`: a restart brings back what it served when it was made. */
export function memoryRouterBench(
  make: MakeRouter = (provider) => memoryRouter(routerOptions(provider)),
  { isVolatile = false } = {},
): TrafficBench {
  const clock = new SteppingClock();
  const empty: RouterDocument = { table: null, note: null, theirs: 'rules of another team' };
  const provider: RouterProvider = new MemoryProvider(clock, empty);
  const fleet = new Fleet(provider, clock);
  return {
    clock,
    secrets: [secret],
    open: () => make(provider, clock),
    harness: {
      async loseReply() {
        provider.loses = true;
      },
      async editBehind() {
        const { table } = provider.value;
        if (table !== null) provider.set({ ...provider.value, table: { ...table, greenPercent: 37 } });
      },
      removeBehind: async () => provider.set({ ...provider.value, table: null, note: null }),
      neighbours: async () => provider.value.theirs,
      editNeighbour: async () => provider.set({ ...provider.value, theirs: 'other rules of another team' }),
      async restartRouter() {
        if (isVolatile) provider.set({ ...provider.value, table: null, note: null });
        fleet.restart();
      },
      async hang() {
        const release = provider.hang();
        return async () => release();
      },
      async disconnect() {
        provider.isDown = true;
        return async () => {
          provider.isDown = false;
        };
      },
      serve: async () => fleet.serve({ user: `user-${clock.setTimeout(() => undefined, 0)}` }),
      serveUser: async (request) => fleet.serve(request),
    },
    async close() {
      clock.stop();
    },
  };
}

/** Two routers: one uses a table at once, the other when it has propagated. */
class Fleet {
  readonly #provider: RouterProvider;
  readonly #clock: Clock;
  #late: { readonly table: RoutingTable | null; readonly version: number };
  #changedAt = 0;
  #turn = 0;

  constructor(provider: RouterProvider, clock: Clock) {
    this.#provider = provider;
    this.#clock = clock;
    this.#late = { table: provider.value.table, version: provider.version };
    const set = provider.set.bind(provider);
    provider.set = (value) => {
      if (clock.now() - this.#changedAt >= propagationMs) this.restart();
      this.#changedAt = clock.now();
      set(value);
    };
  }

  restart(): void {
    this.#late = { table: this.#provider.value.table, version: this.#provider.version };
  }

  serve({ user, match }: ProbeRequest): Slot | null {
    if (this.#clock.now() - this.#changedAt >= propagationMs) this.restart();
    this.#turn += 1;
    const table = this.#turn % 2 === 0 ? this.#provider.value.table : this.#late.table;
    if (table === null) return null;
    const audience = table.audiences.find((each) => JSON.stringify(each.match) === JSON.stringify(match));
    if (audience !== undefined) return audience.slot;
    const drawn = Number.parseInt(fingerprint(table.isSticky ? user : `${user} ${this.#turn}`).slice(0, 8), 16) % 100;
    return drawn < table.greenPercent ? 'green' : 'blue';
  }
}
