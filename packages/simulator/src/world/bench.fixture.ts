import {
  type EnvironmentObservation,
  type EnvironmentTarget,
  everythingTo,
  type MetricReading,
  type MetricSignal,
  type Slot,
  type TrafficObservation,
  type TrafficTarget,
  weights,
} from '@bluegreen/contract';
import { createVirtualClock, type VirtualClock } from '../clock/virtual-clock.js';
import type { CheckResult } from './check-operation.js';
import { createWorld, type World } from './create-world.js';
import type { Ledger } from './ledger.js';
import type { Abort, Done, Reply } from './operation.js';
import type { MetricsOptions, ServiceOptions, WorldOptions } from './world-options.js';

export interface BenchOptions extends ServiceOptions {
  readonly seed?: number;
  readonly faults?: WorldOptions['faults'];
  readonly metrics?: MetricsOptions;
}

/** A world with one service, `checkout`, and calls that run the clock until they are answered. */
export function benchOf({ seed = 1, faults = [], metrics = {}, ...service }: BenchOptions = {}): Bench {
  const clock = createVirtualClock({ startMs: 0 });
  const defaults: ServiceOptions = { start: { active: 'blue', version: 'v1' } };
  return new Bench(
    clock,
    createWorld({ clock, seed, faults, metrics, services: { checkout: { ...defaults, ...service } } }),
  );
}

export class Bench {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly #name = 'checkout';
  #sequence = 0;

  constructor(clock: VirtualClock, world: World) {
    this.clock = clock;
    this.world = world;
  }

  /** Runs the clock until a call is answered; gives up on it after `patienceMs`. */
  call<R>(start: (done: Done<R>) => Abort, patienceMs?: number): Reply<R> {
    let answer: Reply<R> | null = null;
    const abort = start((reply) => {
      answer = reply;
    });
    const timer = patienceMs === undefined ? null : this.clock.setTimeout(abort, patienceMs);
    this.clock.runUntil(() => answer !== null);
    this.clock.clearTimeout(timer);
    if (answer === null) throw new Error('the call was never answered');
    return answer;
  }

  pass(durationMs: number): void {
    this.clock.runUntil(this.clock.now() + durationMs);
  }

  routing(owner = 'owner'): TrafficObservation {
    return value(
      this.call<TrafficObservation>((done) =>
        this.world.operations.observeRouting({ service: this.#name }, { owner }, done),
      ),
    );
  }

  environment(slot: Slot): EnvironmentObservation {
    return value(
      this.call<EnvironmentObservation>((done) =>
        this.world.operations.observeEnvironment({ service: this.#name, slot }, {}, done),
      ),
    );
  }

  metrics(signal: MetricSignal, fromMs = 0, toMs = this.clock.now()): MetricReading {
    return value(
      this.call<MetricReading>((done) =>
        this.world.operations.readMetrics({ service: this.#name, window: { fromMs, toMs }, signal }, {}, done),
      ),
    );
  }

  check(slot: Slot): CheckResult {
    return value(
      this.call<CheckResult>((done) =>
        this.world.operations.check({ service: this.#name, slot, name: 'smoke' }, {}, done),
      ),
    );
  }

  /** One write of the routing. Reads the revision first unless told which one to expect. */
  tryRoute(target: TrafficTarget, given: RouteOptions = {}): string {
    const revision = given.revision ?? this.routing(given.owner).revision;
    const { owner = 'owner', epoch = 1 } = given;
    const sequence = given.sequence ?? ++this.#sequence;
    const idempotencyKey = given.key ?? `${owner}/${epoch}.${sequence}`;
    return outcome(
      this.call<void>(
        (done) =>
          this.world.operations.route(
            { service: this.#name, target, expected: { revision } },
            { idempotencyKey, fence: { epoch, sequence }, owner },
            done,
          ),
        given.patienceMs,
      ),
    );
  }

  route(greenPercent: number, given: RouteOptions & { readonly rest?: Partial<TrafficTarget> } = {}): string {
    return this.tryRoute(splitTo(greenPercent, given.rest), given);
  }

  converge(slot: Slot, release: EnvironmentTarget['release'], given: ConvergeGiven = {}): string {
    const { owner = 'owner', epoch = 1 } = given;
    const sequence = given.sequence ?? ++this.#sequence;
    const target: EnvironmentTarget = {
      slot,
      release,
      atLeast: given.atLeast ?? 3,
      autoscaling: given.autoscaling ?? 'frozen',
      workers: 'idle',
    };
    const { operations } = this.world;
    const look = (answer: (error: Error | null) => void) =>
      void operations.observeRouting({ service: this.#name }, { owner }, (reply) => answer(reply.error));
    return outcome(
      this.call<void>(
        (done) =>
          operations.converge(
            { service: this.#name, target },
            {
              idempotencyKey: `${epoch}.${sequence}`,
              fence: { epoch, sequence },
              owner,
              confirm: given.confirm ?? look,
            },
            done,
          ),
        given.patienceMs,
      ),
    );
  }

  /** Deploys and waits until every instance is ready. */
  deploy(slot: Slot, version: string, given: ConvergeGiven = {}): string {
    const outcome = this.converge(slot, { id: `release-of-${version}`, version }, given);
    const isReady = () => {
      const { ready, desired, version: there } = this.environment(slot);
      return there === version && ready >= desired;
    };
    for (let look = 0; look < 200 && outcome === 'ok' && !isReady(); look++) this.pass(5_000);
    return outcome;
  }

  ledger(): Ledger {
    return this.world.ledger();
  }

  totals() {
    return this.ledger().services.checkout!;
  }
}

export interface RouteOptions {
  readonly revision?: string;
  readonly owner?: string;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly key?: string;
  readonly patienceMs?: number;
}

export interface ConvergeGiven {
  readonly owner?: string;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly atLeast?: number;
  readonly autoscaling?: 'free' | 'frozen';
  readonly confirm?: (answer: (error: Error | null) => void) => void;
  readonly patienceMs?: number;
}

/** A target with so much on green, and green as the candidate. */
export function splitTo(greenPercent: number, rest: Partial<TrafficTarget> = {}): TrafficTarget {
  const slot = greenPercent === 100 ? 'green' : 'blue';
  return everythingTo(slot, { weights: weights(greenPercent), candidate: 'green', ...rest });
}

export function outcome(reply: Reply<unknown>): string {
  if (reply.error === null) return 'ok';
  return 'code' in reply.error ? String(reply.error.code) : reply.error.message;
}

function value<R>(reply: Reply<R>): R {
  if (reply.error !== null) throw reply.error;
  return reply.value;
}

/** How many standard deviations a Poisson count lies from what was expected. */
export function deviation(count: number, expected: number): number {
  return Math.abs(count - expected) / Math.sqrt(expected);
}
