import { otherSlot, type Slot, slots } from '@bluegreen/contract';
import { gamma } from '../random/gamma.js';
import type { KeyedStreams, StreamKey } from '../random/keyed-streams.js';
import { arrivalRate, expectedArrivals } from './arrivals.js';
import { Lingering } from './lingering.js';
import type { MetricsWeather } from './metrics-weather.js';
import type { SharedState } from './models/shared-state.js';
import { emptied, type GroupShares, type Population, type Shares } from './population.js';
import type { ResolvedMetrics, ResolvedService } from './resolved-options.js';
import { SlotLoad, type Stretch } from './slot-load.js';
import type { SlotPlace } from './slot-place.js';
import { type Counts, Tally } from './tally.js';

/** How much of a slot's last requests is still open. */
interface Closing {
  readonly at: number;
  readonly ratePerMs: number;
}

/**
 * The users of one service. Between two changes nothing is computed; then what is to be expected is added up, cell by
 * cell of the metrics grid, and each cell's numbers are drawn once. So the cost depends on changes and scrapes, not on
 * the rate.
 */
export class UserTraffic {
  /** Requests that no routing sent anywhere, before and after the service had one. */
  readonly #unrouted: Tally;
  readonly #stray: Tally;
  readonly #service: ResolvedService;
  readonly #metrics: ResolvedMetrics;
  readonly #places: Readonly<Record<Slot, SlotPlace>>;
  readonly #startedAt: number;
  readonly #closing: Record<Slot, Closing | null> = { blue: null, green: null };
  readonly #load: SlotLoad;
  readonly #lingering: Lingering;
  readonly #bursts: StreamKey;
  readonly #weather: MetricsWeather;
  /** What the routers do now, with those who linger. */
  #shares: Shares = { blue: 0, green: 0 };
  /** What the routers copy, of all requests. */
  #copies: Shares = { blue: 0, green: 0 };
  #hasRouting = false;
  #at: number;
  #cell = 0;
  /** Open requests that died with their slot. */
  cut = 0;

  constructor(
    service: ResolvedService,
    metrics: ResolvedMetrics,
    places: Readonly<Record<Slot, SlotPlace>>,
    streams: KeyedStreams,
    startedAt: number,
    surroundings: { readonly population: Population; readonly shared: SharedState; readonly weather: MetricsWeather },
  ) {
    const { population, shared, weather } = surroundings;
    this.#load = new SlotLoad(service, population, shared);
    const nobody = population.split({ routing: { kind: 'unrouted' }, skewPercent: 0, strays: null });
    this.#lingering = new Lingering(service.router.lingering, nobody, startedAt);
    this.#bursts = streams.key('bursts', service.name);
    this.#weather = weather;
    this.#service = service;
    this.#metrics = metrics;
    this.#places = places;
    this.#startedAt = startedAt;
    this.#at = startedAt;
    this.#unrouted = new Tally(streams.key('unrouted', service.name));
    this.#stray = new Tally(streams.key('stray', service.name));
  }

  /** The cell of the metrics grid that is open. */
  get openCell(): number {
    return this.#cell;
  }

  /** Requests that came before the service was routed for the first time. */
  get unrouted(): number {
    return this.#unrouted.peek(this.#cell).requests;
  }

  /** Requests that failed because a service that was routed was so no more. */
  get stray(): number {
    return this.#stray.peek(this.#cell).requests;
  }

  /** What the slot has counted, the open cell included. */
  failedAt(slot: Slot): { readonly unready: number; readonly retired: number } {
    const place = this.#places[slot];
    return { unready: place.unready.peek(this.#cell).requests, retired: place.retired.peek(this.#cell).requests };
  }

  shareOf(slot: Slot): number {
    return this.#shares[slot];
  }

  /** Brings every counter up to `now`. */
  advance(now: number): void {
    this.closeCells(now);
    this.#expectUntil(now);
  }

  /** Everything that a sample can show by now. It cuts no stretch of time in two, so who reads when changes nothing. */
  closeCells(now: number): void {
    for (;;) {
      const boundary = this.#startedAt + (this.#cell + 1) * this.#metrics.scrapeMs;
      if (boundary > now) break;
      this.#expectUntil(boundary);
      this.#closeCell(boundary);
    }
  }

  /** From now on the routers split like this. Call `advance` first. */
  redirect(shares: GroupShares, copies: Shares, hasRouting: boolean): void {
    this.#copies = copies;
    this.#lingering.redirect(shares, this.#at);
    this.#notice(this.#lingering.at(this.#at).total);
    this.#hasRouting ||= hasRouting;
  }

  /** Writes down when the last users left a slot. */
  #notice(shares: Shares): void {
    for (const slot of slots) {
      if (shares[slot] === 0 && this.#shares[slot] > 0) {
        this.#closing[slot] = {
          at: this.#at,
          ratePerMs: arrivalRate(this.#service.traffic, this.#at) * this.#shares[slot],
        };
      }
    }
    this.#shares = shares;
  }

  /**
   * Requests still open in the slot. Durations are even between 0 and the longest, so of the requests that came at a
   * steady rate until the slot was closed, a square of the time left is open.
   */
  openRequests(slot: Slot, now: number): number {
    const { longestRequestMs } = this.#service.traffic;
    if (longestRequestMs <= 0) return 0;
    if (this.#service.router.lingering !== null) this.closeCells(now);
    if (this.#shares[slot] > 0) {
      return Math.ceil((arrivalRate(this.#service.traffic, now) * this.#shares[slot] * longestRequestMs) / 2);
    }
    const leftMs = this.drainLeftMs(slot, now);
    const closing = this.#closing[slot];
    return closing === null ? 0 : Math.ceil((closing.ratePerMs * leftMs * leftMs) / (2 * longestRequestMs));
  }

  /** How long until the last request in the slot is over, when no new ones come; the longest while they do. */
  drainLeftMs(slot: Slot, now: number): number {
    const { longestRequestMs } = this.#service.traffic;
    if (this.#shares[slot] > 0) return longestRequestMs;
    const closing = this.#closing[slot];
    return closing === null ? 0 : Math.max(0, closing.at + longestRequestMs - now);
  }

  /** From when on the open requests of all slots stay as many as they are, until something changes. */
  get steadyFrom(): number {
    const { longestRequestMs, dailySwing } = this.#service.traffic;
    if (dailySwing !== 0 || this.#service.router.lingering !== null) return Number.POSITIVE_INFINITY;
    let from = Number.NEGATIVE_INFINITY;
    for (const slot of slots) {
      const closing = this.#closing[slot];
      if (this.#shares[slot] === 0 && closing !== null) from = Math.max(from, closing.at + longestRequestMs);
    }
    return from;
  }

  /** Since when nothing new reaches the slot; `null` while something does or when nothing ever did. */
  closedSince(slot: Slot): number | null {
    return this.#shares[slot] > 0 ? null : (this.#closing[slot]?.at ?? null);
  }

  /** The slot goes away now, with whatever is open in it. */
  cutOpenRequests(slot: Slot, now: number): number {
    const open = this.openRequests(slot, now);
    this.cut += open;
    this.#closing[slot] = null;
    return open;
  }

  /** A deployment's numbers, with those of its living instances. */
  countsOf(place: SlotPlace): Counts & { readonly copied: number } {
    let { requests = 0, errors = 0, copied = 0 } = place.deployment ?? {};
    for (const instance of place.instances) {
      const counts = instance.counter.peek(this.#cell);
      requests += counts.requests;
      errors += counts.errors;
      copied += instance.copies.peek(this.#cell).requests;
    }
    return { requests, errors, copied };
  }

  #expectUntil(to: number): void {
    if (to <= this.#at) return;
    const from = this.#at;
    const arrivals = expectedArrivals(this.#service.traffic, from, to) * this.#liveliness((from + to) / 2);
    this.#at = to;
    const shares = this.#present(this.#lingering.mean(from, to));
    if (this.#service.router.lingering !== null) this.#notice(this.#present(this.#lingering.at(to)).total);
    if (arrivals === 0) return;
    const stretch: Stretch = { fromMs: from, toMs: to, arrivals, shares, copies: this.#copies };
    const strain = this.#load.strain(this.#places, stretch);
    let routed = 0;
    for (const slot of slots) {
      if (shares.total[slot] === 0) continue;
      routed += shares.total[slot];
      this.#load.expect(slot, this.#places[slot], stretch, strain);
    }
    for (const slot of slots) {
      if (this.#copies[slot] > 0) this.#load.copy(slot, this.#places[slot], stretch, strain);
    }
    const lost = Math.max(0, 1 - routed);
    if (lost > 1e-12) (this.#hasRouting ? this.#stray : this.#unrouted).expect(arrivals * lost);
  }

  /** Bound sessions whose slot is empty go on in the other one at once. */
  #present(shares: GroupShares): GroupShares {
    if (this.#service.router.lingering?.sessionMs === undefined) return shares;
    for (const slot of slots) {
      const isEmpty = this.#places[slot].deployment === null && shares.total[slot] > 0;
      if (isEmpty && this.#places[otherSlot(slot)].deployment !== null) return emptied(shares, slot);
    }
    return shares;
  }

  /** How much more or less than usual comes just now. */
  #liveliness(at: number): number {
    const { burstShape, surges } = this.#service.traffic;
    const since = at - this.#startedAt;
    let factor = 1;
    for (const surge of surges) {
      if (since >= surge.afterMs && since < surge.afterMs + surge.forMs) factor *= surge.factor;
    }
    if (burstShape === null) return factor;
    return (factor * gamma(this.#bursts.at(Math.floor(since / 60_000)), burstShape)) / burstShape;
  }

  #closeCell(boundary: number): void {
    const cell = this.#cell++;
    this.#unrouted.close(cell);
    this.#stray.close(cell);
    for (const slot of slots) {
      const place = this.#places[slot];
      place.unready.close(cell);
      place.retired.close(cell);
      for (const instance of place.instances) {
        instance.counter.close(cell);
        instance.copies.close(cell);
        if (instance.isUp) instance.sample(boundary, this.#weather.factor(cell));
      }
    }
    if (cell % 256 === 255) this.#forget(boundary - this.#metrics.retentionMs);
  }

  #forget(before: number): void {
    for (const slot of slots) {
      const place = this.#places[slot];
      place.pastSeries = place.pastSeries.filter((series) => (series.lastAt ?? 0) >= before);
      for (const instance of place.instances) instance.series.forgetBefore(before);
    }
  }
}
