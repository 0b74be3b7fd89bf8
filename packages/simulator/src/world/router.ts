import type { Clock, Fence, Routing, Slot } from '@bluegreen/contract';
import { everythingTo } from '@bluegreen/contract';
import type { StreamKey } from '../random/keyed-streams.js';
import { revisionOf } from './fingerprint.js';
import { type GroupShares, meanShares, type Population, type Shares } from './population.js';
import type { ResolvedRouter } from './resolved-options.js';
import type { RoutingInUse } from './split.js';

/** What the router keeps: the routing, who wrote it, and what came of it. */
export interface StoredRouting extends RoutingInUse {
  readonly fence: Fence | null;
  /** The idempotency key of the write. */
  readonly key: string | null;
  readonly owner: string | null;
  readonly revision: string;
}

/** A new routing, before the router has it. */
export interface RoutingWrite {
  readonly routing: Routing;
  readonly fence: Fence | null;
  readonly key: string | null;
  readonly owner: string | null;
  readonly strays?: Slot | null;
}

/** A fleet of routers with one control plane: what is stored is used at once by the first and later by the others. */
export class Router {
  stored: StoredRouting;
  /** What was stored before: a stale read shows it. */
  previous: StoredRouting;
  readonly #clock: Clock;
  readonly #options: ResolvedRouter;
  readonly #skew: StreamKey;
  readonly #change: (apply: () => void) => void;
  readonly #initial: StoredRouting;
  #inUse: StoredRouting[];
  readonly #silentUntil: number[];
  #writes = 0;
  /** Counts restarts: what was on its way to the routers before one is lost. */
  #lives = 0;
  #waiting: (() => void)[] = [];

  constructor(
    clock: Clock,
    options: ResolvedRouter,
    initial: Routing,
    skew: StreamKey,
    change: (apply: () => void) => void,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#skew = skew;
    this.#change = change;
    this.stored = this.#made({ routing: initial, fence: null, key: null, owner: null });
    this.previous = this.stored;
    this.#initial = this.stored;
    this.#inUse = new Array<StoredRouting>(options.routers).fill(this.stored);
    this.#silentUntil = new Array<number>(options.routers).fill(0);
  }

  /** What each router of the fleet goes by. */
  get inUse(): readonly StoredRouting[] {
    return this.#inUse;
  }

  /** Every router goes by what is stored. */
  get isSettled(): boolean {
    return this.#inUse.every((used) => used === this.stored);
  }

  /** What all routers would serve after a restart. */
  get afterRestart(): Routing {
    if (this.#options.afterRestart === 'initial') return this.#initial.routing;
    const { routing } = this.stored;
    if (this.#options.afterRestart === 'durable' || routing.kind !== 'split') return routing;
    const { fallback } = routing.target;
    return fallback === null ? { kind: 'unrouted' } : { kind: 'split', target: everythingTo(fallback) };
  }

  shares(population: Population): GroupShares {
    return meanShares(this.#inUse.map((used) => population.split(used)));
  }

  /** The part of all requests that is copied to each slot. */
  copies(): Shares {
    const shares: Shares = { blue: 0, green: 0 };
    for (const { routing } of this.#inUse) {
      const mirror = routing.kind === 'split' ? routing.target.mirror : null;
      if (mirror !== null) shares[mirror.slot] += mirror.percent / 100 / this.#inUse.length;
    }
    return shares;
  }

  /** Stores a routing and sends it on its way to the routers. */
  write(write: RoutingWrite): void {
    const stored = this.#made(write);
    this.#change(() => {
      this.previous = this.stored;
      this.stored = stored;
      for (let router = 0; router < this.#inUse.length; router++) this.#send(stored, router);
    });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) this.#clock.setTimeout(run, 0);
  }

  /** Calls back right after the next write. */
  afterNextWrite(run: () => void): void {
    this.#waiting.push(run);
  }

  restart(): void {
    this.#lives++;
    const survived = this.#options.afterRestart === 'durable';
    const after = this.afterRestart;
    this.#change(() => {
      if (!survived) {
        this.previous = this.stored;
        this.stored =
          after === this.#initial.routing
            ? this.#initial
            : this.#made({ routing: after, fence: null, key: null, owner: null });
      }
      this.#inUse.fill(this.stored);
    });
  }

  /** One router takes no changes until then; after it, it catches up. */
  silence(router: number, until: number): void {
    const which = router % this.#inUse.length;
    this.#silentUntil[which] = Math.max(this.#silentUntil[which]!, until);
    this.#clock.setTimeout(() => {
      if (this.#silentUntil[which]! <= this.#clock.now()) this.#use(this.stored, which);
    }, until - this.#clock.now());
  }

  #send(stored: StoredRouting, router: number): void {
    if (this.#isMissed(router)) return;
    const last = this.#inUse.length - 1;
    const delayMs = last === 0 ? 0 : (this.#options.capabilities.propagationMs * router) / last;
    if (delayMs === 0) {
      this.#use(stored, router);
      return;
    }
    const life = this.#lives;
    this.#clock.setTimeout(() => {
      if (life === this.#lives) this.#use(stored, router);
    }, delayMs);
  }

  /** The first router never misses a write: a read of it tells what is stored. */
  #isMissed(router: number): boolean {
    const { missShare } = this.#options;
    if (missShare === 0 || router === 0) return false;
    // Cells from 2^32 on belong to misses, those below to the skew.
    return this.#skew.at(4_294_967_296 + this.#writes * 1_024 + router).uniform() < missShare;
  }

  #use(stored: StoredRouting, router: number): void {
    if (this.#silentUntil[router]! > this.#clock.now()) return;
    this.#change(() => {
      this.#inUse[router] = stored;
    });
  }

  #made(write: RoutingWrite): StoredRouting {
    const { weightErrorPercent, fencing } = this.#options.capabilities;
    const fence = fencing === 'none' ? null : write.fence;
    const draw = weightErrorPercent === 0 ? 0 : this.#skew.at(this.#writes).uniform() * 2 - 1;
    this.#writes++;
    return {
      routing: write.routing,
      fence,
      key: write.key,
      owner: write.owner,
      revision: revisionOf(write.routing, fence),
      skewPercent: draw * weightErrorPercent,
      strays: write.strays ?? null,
    };
  }
}
