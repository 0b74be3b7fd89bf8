import type { EnvironmentObservation, Fence } from '@bluegreen/contract';
import type { Behaviour } from './behaviour.js';
import { RunningDeployment } from './deployment.js';
import { Instance, type InstanceWorld } from './instance.js';
import type { LatencySeries } from './latency-series.js';
import type { SampleSeries } from './sample-series.js';
import { Tally } from './tally.js';

/** One slot of one service: what was deployed to it and the instances that run it. */
export class SlotPlace {
  deployment: RunningDeployment | null = null;
  instances: Instance[] = [];
  /** Instances that the router sends requests to. */
  serving: readonly Instance[] = [];
  desired = 0;
  autoscaling: 'free' | 'frozen' = 'free';
  workers: 'active' | 'idle' = 'idle';
  fence: Fence | null = null;
  /** Since when fewer instances are ready than desired. */
  belowSince: number | null = null;
  /** What a stale read shows: the slot before its last write. */
  before: EnvironmentObservation | null = null;
  /** Series of instances that are gone. */
  pastSeries: SampleSeries[] = [];
  pastLatencies: LatencySeries[] = [];
  /** Requests that found the slot with no ready instance, and with no deployment at all. */
  readonly unready: Tally;
  readonly retired: Tally;
  readonly #world: InstanceWorld;
  #ordinal: number;
  #born = 0;
  #waiting: (() => void)[] = [];

  constructor(world: InstanceWorld, isFilled: boolean) {
    this.#world = world;
    this.#ordinal = isFilled ? 0 : 1;
    this.unready = new Tally(world.streams.key('unready', world.service, world.slot));
    this.retired = new Tally(world.streams.key('retired', world.service, world.slot));
  }

  get ready(): number {
    let count = 0;
    for (const instance of this.instances) if (instance.isReady) count++;
    return count;
  }

  get registered(): number {
    let count = 0;
    for (const instance of this.instances) if (instance.isRegistered) count++;
    return count;
  }

  /** Replaces whatever runs here. The new instances boot, unless `isReady`. */
  deploy(release: DeployedRelease, count: number, isReady = false): RunningDeployment {
    const deployment = new RunningDeployment({ ...release, ordinal: this.#ordinal++, at: this.#world.clock.now() });
    this.#world.change(() => {
      this.clear();
      this.#born = 0;
      this.deployment = deployment;
      this.desired = count;
      this.#addInstances(isReady);
    });
    return deployment;
  }

  /** Brings the number of instances to `count`. */
  scale(count: number): void {
    if (this.deployment === null) return;
    this.#world.change(() => {
      this.desired = count;
      while (this.instances.length > count) this.#remove(this.instances.pop()!);
      this.#addInstances(false);
    });
  }

  /** Retires whatever runs here. */
  clear(): void {
    this.#world.change(() => {
      while (this.instances.length > 0) this.#remove(this.instances.pop()!);
      this.deployment = null;
      this.desired = 0;
    });
  }

  /** Calls back right after the next write to this slot. */
  afterNextWrite(run: () => void): void {
    this.#waiting.push(run);
  }

  /** Somebody has written to this slot. */
  wrote(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) this.#world.clock.setTimeout(run, 0);
  }

  /** For people, as an environment would say it. */
  whyNotReady(): string {
    const deaths = this.instances.reduce((sum, instance) => sum + instance.deaths, 0);
    const failedStarts = this.instances.reduce((sum, instance) => sum + instance.failedStarts, 0);
    const reason =
      deaths > 0
        ? `instances died ${deaths} times`
        : failedStarts > 0
          ? `${failedStarts} starts failed`
          : this.instances.some((instance) => instance.isUp && !instance.isReady)
            ? 'the readiness probe fails'
            : 'starting';
    return `${this.ready} of ${this.desired} ready: ${reason}`;
  }

  #addInstances(isReady: boolean): void {
    while (this.instances.length < this.desired) {
      const instance = new Instance(this.#world, this.deployment!, this.#born++);
      this.instances.push(instance);
      if (isReady) instance.getReady(true);
      else instance.boot();
    }
  }

  #remove(instance: Instance): void {
    instance.stop();
    this.pastSeries.push(instance.series);
    this.pastLatencies.push(instance.latencies);
  }
}

export interface DeployedRelease {
  readonly releaseId: string | null;
  readonly version: string;
  readonly behaviour: Behaviour;
}
