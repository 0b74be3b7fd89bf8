import { type Clock, everythingTo, otherSlot, type Routing, type Slot, slots } from '@bluegreen/contract';
import type { SlotRole } from '../faults/fault-plan.js';
import type { KeyedStreams } from '../random/keyed-streams.js';
import { type Behaviour, behaviourOf } from './behaviour.js';
import type { RunningDeployment } from './deployment.js';
import { fingerprint, storedTarget } from './fingerprint.js';
import { InstanceMeter } from './instance-meter.js';
import { recordIrreversible, type Toucher } from './irreversible.js';
import type { IrreversibleRecord, PlaceRecord, RoutingRecord } from './ledger.js';
import type { LedgerBook } from './ledger-book.js';
import { MetricsWeather } from './metrics-weather.js';
import type { BadMigration } from './models/effects.js';
import { SharedState } from './models/shared-state.js';
import { Population } from './population.js';
import type { ResolvedMetrics, ResolvedService } from './resolved-options.js';
import { Router, type RoutingWrite } from './router.js';
import { SlotPlace } from './slot-place.js';
import { UserTraffic } from './user-traffic.js';

/** One service of the world: two slots, a router in front of them and the users. */
export class SimulatedService {
  readonly options: ResolvedService;
  /** Fingerprint of what every slot of this service is made from. */
  readonly spec: string;
  /** Where each slot itself answers. */
  readonly urls: Readonly<Record<Slot, string>>;
  readonly router: Router;
  readonly places: Readonly<Record<Slot, SlotPlace>>;
  readonly traffic: UserTraffic;
  readonly meter: InstanceMeter;
  readonly population: Population;
  readonly weather: MetricsWeather;
  readonly shared: SharedState;
  readonly #clock: Clock;
  readonly #book: LedgerBook;
  readonly #weightLostAt: Record<Slot, number | null> = { blue: null, green: null };
  readonly #readySeen: Record<Slot, number> = { blue: 0, green: 0 };
  /** The slot that was deployed to last. */
  #candidate: Slot | null = null;
  #depth = 0;

  constructor(
    options: ResolvedService,
    metrics: ResolvedMetrics,
    clock: Clock,
    streams: KeyedStreams,
    book: LedgerBook,
  ) {
    this.options = options;
    this.spec = fingerprint(options.name);
    this.urls = { blue: `http://blue.${options.name}.simulated`, green: `http://green.${options.name}.simulated` };
    this.#clock = clock;
    this.#book = book;
    const { start, router } = options;
    const place = (slot: Slot) =>
      new SlotPlace(
        {
          clock,
          streams,
          service: options.name,
          slot,
          registrationMs: router.registrationMs,
          deregistrationMs: router.deregistrationMs,
          edgesMs: metrics.edgesMs,
          change: (apply) => this.change(apply),
          openCell: () => this.traffic.openCell,
        },
        start !== null && (slot === start.active || start.standby !== null),
      );
    this.places = { blue: place('blue'), green: place('green') };
    this.meter = new InstanceMeter(clock.now());
    this.population = new Population(options.traffic.people, options.traffic.audiencePercent);
    this.weather = new MetricsWeather(metrics, streams, options.name, clock.now());
    const { dependencies, incidents } = options;
    const around = { dependencies, ...(incidents === null ? {} : { incidents }) };
    this.shared = new SharedState(options.name, around, streams, clock.now());
    const { population, shared, weather } = this;
    const surroundings = { population, shared, weather };
    this.traffic = new UserTraffic(options, metrics, this.places, streams, clock.now(), surroundings);
    const routing: Routing =
      start === null
        ? { kind: 'unrouted' }
        : { kind: 'split', target: storedTarget(everythingTo(start.active), router.capabilities) };
    const skew = streams.key('skew', options.name);
    this.router = new Router(clock, router, routing, skew, (apply) => this.change(apply));
    this.#fill();
    this.#record('start', this.router.stored);
  }

  behaviour(version: string): Behaviour {
    return this.options.versions[version] ?? behaviourOf();
  }

  /** Brings the traffic up to now, applies a change, and lets traffic and ledger see it. */
  change(apply: () => void): void {
    if (this.#depth === 0) this.bringUpToNow();
    this.#depth++;
    apply();
    this.#depth--;
    if (this.#depth === 0) this.#settle();
  }

  /** Counts what has come to pass; changes nothing that anybody can see. */
  bringUpToNow(): void {
    const now = this.#clock.now();
    this.traffic.advance(now);
    this.meter.until(now, this.places.blue.instances.length, this.places.green.instances.length);
  }

  /** The slot that plays this role: the candidate was deployed to last, else it is the one with less weight. */
  slotOf(role: SlotRole): Slot {
    if (role === 'blue' || role === 'green') return role;
    const candidate = this.#candidate ?? otherSlot(this.#heavier());
    return role === 'candidate' ? candidate : otherSlot(candidate);
  }

  /** When the slot lost its last weight; `null`: it has some, or never had. */
  weightLostAt(slot: Slot): number | null {
    return this.#weightLostAt[slot];
  }

  /** Stores a routing and writes it down. */
  writeRouting(write: RoutingWrite, by: RoutingRecord['by']): void {
    this.#noteWeights(() => this.router.write(write));
    // A router that keeps no stamp was written by somebody all the same.
    this.#record(by, { ...this.router.stored, fence: write.fence });
  }

  restartRouter(): void {
    this.#noteWeights(() => this.router.restart());
    this.#record('restart', this.router.stored);
  }

  deploy(slot: Slot, release: { readonly id: string; readonly version: string }, count: number, by: Toucher): void {
    const place = this.places[slot];
    if (place.deployment !== null) this.#lose(slot, 'deploy-over', by);
    this.#candidate = slot;
    const behaviour = this.behaviour(release.version);
    const deployment = place.deploy({ releaseId: release.id, version: release.version, behaviour }, count);
    this.#book.deployments.push({ service: this.options.name, slot, owner: by.owner, deployment });
    this.change(() => this.#migrate(deployment, 'deploy'));
  }

  retire(slot: Slot, by: Toucher): void {
    this.#lose(slot, 'retire', by);
    this.places[slot].clear();
  }

  /** Writes down how the autoscaler and the workers of a slot are set now, when that is news. */
  noteTending(slot: Slot): void {
    const { autoscaling, workers } = this.places[slot];
    const service = this.options.name;
    const known = this.#book.tendings.findLast((one) => one.service === service && one.slot === slot);
    if (known?.autoscaling === autoscaling && known.workers === workers) return;
    this.#book.tendings.push({ at: this.#clock.now(), service, slot, autoscaling, workers });
  }

  #fill(): void {
    const { start } = this.options;
    if (start === null) return;
    const fill = (slot: Slot, version: string) => {
      const release = { releaseId: null, version, behaviour: this.behaviour(version) };
      const deployment = this.places[slot].deploy(release, start.instances, true);
      this.#book.deployments.push({ service: this.options.name, slot, owner: null, deployment });
    };
    fill(start.active, start.version);
    this.places[start.active].workers = 'active';
    for (const slot of slots) this.noteTending(slot);
    if (start.standby !== null) fill(otherSlot(start.active), start.standby);
  }

  #settle(): void {
    const now = this.#clock.now();
    for (const slot of slots) {
      const place = this.places[slot];
      place.serving = place.instances.filter((instance) => instance.isRegistered);
      const { ready } = place;
      const isBelow = place.deployment === null || ready < place.desired;
      place.belowSince = isBelow ? (place.belowSince ?? now) : null;
      if (ready === this.#readySeen[slot]) continue;
      this.#readySeen[slot] = ready;
      this.#book.readiness.push({ at: now, service: this.options.name, slot, ready, desired: place.desired });
    }
    const shares = this.router.shares(this.population);
    this.traffic.redirect(shares, this.router.copies(), this.router.stored.routing.kind === 'split');
    if (this.options.traffic.requestsPerSecond > 0)
      for (const slot of slots) this.#meetUsers(slot, shares.total[slot], now);
  }

  /** The first request of a user starts the onset of what is wrong with a version. */
  #meetUsers(slot: Slot, share: number, now: number): void {
    const { deployment } = this.places[slot];
    if (share === 0 || deployment === null || deployment.firstUserRequestAt !== null) return;
    deployment.firstUserRequestAt = now;
    this.#migrate(deployment, 'first-user');
    const { onset } = deployment.behaviour;
    if (onset === null) return;
    const setIn = () => {
      deployment.errorRate = onset.errorRate;
    };
    this.#clock.setTimeout(() => this.change(setIn), onset.afterMs);
  }

  /** A change of what both slots share, made by this version. */
  #migrate({ behaviour }: RunningDeployment, from: BadMigration['from']): void {
    for (const effect of behaviour.effects) {
      if (effect.effect === 'bad-migration' && effect.from === from) this.shared.damage = effect.errorRate;
    }
  }

  /** Once its users are gone, what a version did to the data can be put right. */
  #restore({ deployment }: SlotPlace): void {
    for (const effect of deployment?.behaviour.effects ?? []) {
      if (effect.effect !== 'bad-migration' || effect.restoreMs === null || this.shared.damage === 0) continue;
      const restored = () => {
        this.shared.damage = 0;
      };
      this.#clock.setTimeout(() => this.change(restored), effect.restoreMs);
    }
  }

  #noteWeights(write: () => void): void {
    const before = slots.map((slot) => this.#hasWeight(slot));
    write();
    slots.forEach((slot, index) => {
      if (this.#hasWeight(slot)) this.#weightLostAt[slot] = null;
      else if (before[index]) {
        this.#weightLostAt[slot] = this.#clock.now();
        this.#restore(this.places[slot]);
      }
    });
  }

  #hasWeight(slot: Slot): boolean {
    const { routing } = this.router.stored;
    return routing.kind === 'split' && routing.target.weights[slot] > 0;
  }

  #heavier(): Slot {
    const { routing } = this.router.stored;
    return routing.kind === 'split' && routing.target.weights.green > routing.target.weights.blue ? 'green' : 'blue';
  }

  #record(by: RoutingRecord['by'], stored: Router['stored']): void {
    const { owner, key, fence, routing, revision } = stored;
    const places = { blue: this.#placeRecord('blue'), green: this.#placeRecord('green') };
    const at = this.#clock.now();
    this.#book.routing.push({ at, service: this.options.name, by, owner, key, fence, routing, revision, places });
  }

  #placeRecord(slot: Slot): PlaceRecord {
    const { deployment, ready, registered, desired, belowSince } = this.places[slot];
    return { version: deployment?.version ?? null, ready, registered, desired, belowSince };
  }

  #lose(slot: Slot, action: IrreversibleRecord['action'], by: Toucher): void {
    recordIrreversible(this, slot, action, by, this.#clock.now(), this.#book);
  }
}
