import type { Clock, Slot, TimerHandle } from '@bluegreen/contract';
import { exponentialMs, lognormalMs } from '../random/durations.js';
import type { KeyedStreams, StreamKey } from '../random/keyed-streams.js';
import type { RunningDeployment } from './deployment.js';
import { LatencySeries } from './latency-series.js';
import type { InstanceStrain } from './models/answer-of.js';
import { type LatencyShape, usualLatency } from './models/latency-shape.js';
import { SampleSeries } from './sample-series.js';
import { Tally } from './tally.js';

/** What instances need from the world around them. */
export interface InstanceWorld {
  readonly clock: Clock;
  readonly streams: KeyedStreams;
  readonly service: string;
  readonly slot: Slot;
  readonly registrationMs: number;
  readonly deregistrationMs: number;
  readonly edgesMs: readonly number[];
  /** Brings the traffic up to now, applies the change, and lets everybody see it. */
  change(apply: () => void): void;
  /** The cell of the metrics grid that is open now. */
  openCell(): number;
}

const longestRetryMs = 300_000;
const memoryLookMs = 60_000;

/** One instance through all its lives: it boots, gets ready, may flap, die and start again. */
export class Instance {
  /** The process runs, and its counters can be read. */
  isUp = false;
  isReady = false;
  /** The router knows that it is ready. */
  isRegistered = false;
  failedStarts = 0;
  deaths = 0;
  counter: Tally;
  /** Copies of requests of users, whose answers nobody sees. */
  copies: Tally;
  /** Since when it has been ready. */
  readySince = 0;
  /** Requests that this process got, as expected. */
  served = 0;
  /** How long its requests take now. */
  shape: LatencyShape = usualLatency;
  strain: InstanceStrain = freshStrain();
  readonly series = new SampleSeries();
  readonly latencies: LatencySeries;
  readonly deployment: RunningDeployment;
  readonly #world: InstanceWorld;
  readonly #index: number;
  readonly #life: StreamKey;
  readonly #timers = new Set<TimerHandle>();
  #lives = 0;
  #isGone = false;
  #flaps = 0;

  constructor(world: InstanceWorld, deployment: RunningDeployment, index: number) {
    this.#world = world;
    this.#index = index;
    this.deployment = deployment;
    this.#life = world.streams.key('instance', world.service, world.slot, deployment.ordinal, index);
    this.counter = this.#newCounter('requests');
    this.copies = this.#newCounter('copies');
    const { streams, service, slot } = world;
    this.latencies = new LatencySeries(streams.key('latency', service, slot, deployment.ordinal, index), world.edgesMs);
  }

  /** Takes a sample of its counters; increases show up multiplied by `factor`. */
  sample(at: number, factor: number): void {
    // Its metrics can't tell a copy from a request.
    const requests = this.counter.requests + this.copies.requests;
    this.series.push(at, { requests, errors: this.counter.errors + this.copies.errors }, factor);
    this.latencies.push(at, requests, this.shape);
  }

  boot(): void {
    const { behaviour } = this.deployment;
    const stream = this.#life.at(this.#lives);
    const failed = stream.uniform() < behaviour.boot.failureRate;
    const takesMs = lognormalMs(stream, behaviour.boot.medianMs, behaviour.boot.sigma);
    if (behaviour.neverReady) return;
    this.#later(takesMs, () => {
      if (!failed) return this.getReady();
      this.failedStarts++;
      this.#lives++;
      this.#later(Math.min(takesMs * 2 ** this.failedStarts, longestRetryMs), () => this.boot());
    });
  }

  /** Ready now, whatever the boot would have taken. `isKnown`: the router has known it all along. */
  getReady(isKnown = false): void {
    this.#world.change(() => {
      this.isUp = true;
      this.isReady = true;
      this.readySince = this.#world.clock.now();
      this.deployment.firstReadyAt ??= this.#world.clock.now();
      this.isRegistered = isKnown || this.#world.registrationMs === 0;
    });
    if (!this.isRegistered) this.#later(this.#world.registrationMs, () => this.#register());
    const { crashAfterMs, flaps } = this.deployment.behaviour;
    if (crashAfterMs !== null) this.#later(crashAfterMs, () => this.die(0));
    if (flaps !== null) this.#later(exponentialMs(this.#nextFlap(), flaps.meanUpMs), () => this.#flapDown());
    if (this.deployment.behaviour.effects.some(({ effect }) => effect === 'leak')) this.#watchMemory();
  }

  /** Loses the process and its counters. It starts again after `forMs`: with a boot when that is 0; `null`: never. */
  die(forMs: number | null): void {
    this.stop();
    this.deaths++;
    this.#lives++;
    this.counter = this.#newCounter('requests');
    this.copies = this.#newCounter('copies');
    this.served = 0;
    this.strain = freshStrain();
    this.#stayRegistered();
    this.#isGone = forMs === null;
    if (forMs === 0) this.boot();
    else if (forMs !== null) this.#later(forMs, () => this.getReady());
  }

  /** Boots again if it died for good. */
  revive(): void {
    if (!this.#isGone) return;
    this.#isGone = false;
    this.boot();
  }

  /** Ends for good; what it counted goes to its deployment. */
  stop(): void {
    for (const timer of this.#timers) this.#world.clock.clearTimeout(timer);
    this.#timers.clear();
    this.#world.change(() => {
      this.isUp = false;
      this.isReady = false;
      this.isRegistered = false;
      this.counter.close(this.#world.openCell());
      this.copies.close(this.#world.openCell());
      this.deployment.finish(this.counter, this.copies);
    });
  }

  #flapDown(): void {
    const { flaps } = this.deployment.behaviour;
    this.#world.change(() => {
      this.isReady = false;
      this.isRegistered = false;
    });
    this.#later(exponentialMs(this.#nextFlap(), flaps!.meanDownMs), () => this.#flapUp());
  }

  #flapUp(): void {
    const { flaps } = this.deployment.behaviour;
    this.#world.change(() => {
      this.isReady = true;
      this.isRegistered = this.#world.registrationMs === 0;
    });
    if (!this.isRegistered) this.#later(this.#world.registrationMs, () => this.#register());
    this.#later(exponentialMs(this.#nextFlap(), flaps!.meanUpMs), () => this.#flapDown());
  }

  /** The router goes on sending to a dead instance until its probes have failed. */
  #stayRegistered(): void {
    const { deregistrationMs, change } = this.#world;
    if (deregistrationMs === 0) return;
    change(() => {
      this.isRegistered = true;
    });
    this.#later(deregistrationMs, () => {
      if (this.isReady) return;
      change(() => {
        this.isRegistered = false;
      });
    });
  }

  #watchMemory(): void {
    this.#later(memoryLookMs, () => {
      this.#world.change(() => {});
      if (this.strain.memory >= 1) this.die(0);
      else this.#watchMemory();
    });
  }

  #register(): void {
    if (!this.isReady) return;
    this.#world.change(() => {
      this.isRegistered = true;
    });
  }

  #nextFlap() {
    // Cells from 2^32 on belong to readiness, those below to the starts.
    return this.#life.at(4_294_967_296 + this.#flaps++);
  }

  #newCounter(what: 'requests' | 'copies'): Tally {
    const { streams, service, slot } = this.#world;
    const key = streams.key(what, service, slot, this.deployment.ordinal, this.#index, this.#lives);
    return new Tally(key, this.deployment.behaviour.clusterSize);
  }

  #later(delayMs: number, run: () => void): void {
    const timer = this.#world.clock.setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, delayMs);
    this.#timers.add(timer);
  }
}

function freshStrain(): InstanceStrain {
  return { queueMs: 0, failedShare: 0, memory: 0 };
}
