import {
  type EnvironmentObservation,
  type ErrorCode,
  everythingTo,
  type Fence,
  type Routing,
  type Slot,
  type TrafficCapabilities,
  type TrafficObservation,
  type TrafficTarget,
  weights,
} from '@bluegreen/contract';
import { refusal } from './commands.js';
import type { Effect } from './effects.js';
import type { CommandFact, Fact } from './events.js';
import { nextState } from './next-state.js';
import { planOf } from './plan.fixture.js';
import type { ReleasePlan } from './release-plan.js';
import type { ReleaseState, RoutingState } from './state.js';
import { effectsFor, wakeAt } from './wanted-effects.js';

export const start = 1_000_000;

/** A tiny world that does at once what it is asked, for tests that drive the machine by hand. */
export class Hand {
  state: ReleaseState;
  at = start;
  /** What decides; tests may put another one here. */
  decide: (state: ReleaseState, fact: Fact) => ReleaseState = nextState;
  readonly facts: Fact[] = [];
  target: TrafficTarget | null;
  fence: Fence | undefined;
  version: Record<Slot, string | null>;
  releaseId: Record<Slot, string | undefined> = { blue: undefined, green: undefined };
  ready: Record<Slot, number> = { blue: 2, green: 2 };
  readonly traffic: TrafficCapabilities;

  constructor(plan: ReleasePlan = planOf(), world: { active: Slot | null } = { active: 'blue' }) {
    this.traffic = plan.services.web!.traffic.capabilities;
    this.target =
      world.active === null
        ? null
        : everythingTo(world.active, { cohort: { kind: this.traffic.cohorts[0] as 'sticky' } });
    this.version = { blue: null, green: null };
    if (world.active !== null) this.version[world.active] = 'v1';
    const requested: Fact = { type: 'release-requested', at: start, id: 'r1', requestedBy: 'test', plan };
    this.state = nextState(null, requested);
    this.facts.push(requested);
    this.tell({ type: 'orchestrator-resumed', owner: 'one', absentMs: 0, epochs: { router: 7, cluster: 3 } });
  }

  tell(fact: WithoutAt<Fact>): ReleaseState {
    const full = { ...fact, at: this.at } as Fact;
    this.facts.push(full);
    this.state = this.decide(this.state, full);
    return this.state;
  }

  effect<K extends Effect['kind']>(kind: K): (Effect & { readonly kind: K }) | undefined {
    return effectsFor(this.state).find((effect) => effect.kind === kind) as (Effect & { readonly kind: K }) | undefined;
  }

  observation(patch: Partial<TrafficObservation> = {}): TrafficObservation {
    const routing: Routing = this.target === null ? { kind: 'unrouted' } : { kind: 'split', target: this.target };
    const stamp = this.fence === undefined || this.traffic.fencing === 'none' ? {} : { fence: this.fence };
    const revision = `${JSON.stringify(this.target)} ${JSON.stringify(stamp)}`;
    return {
      routing,
      revision,
      proof: 'proven',
      drain: { blue: { kind: 'counted', open: 0 }, green: { kind: 'counted', open: 0 } },
      ...stamp,
      ...patch,
    };
  }

  observeRouting(patch: Partial<TrafficObservation> = {}): ReleaseState {
    return this.tell({ type: 'routing-observed', service: 'web', observation: this.observation(patch) });
  }

  observeSlot(slot: Slot, patch: Partial<EnvironmentObservation> = {}): ReleaseState {
    const version = this.version[slot];
    const id = this.releaseId[slot];
    const ready = version === null ? 0 : this.ready[slot];
    const observation = { version, desired: ready, ready, ...(id === undefined ? {} : { releaseId: id }), ...patch };
    return this.tell({ type: 'environment-observed', service: 'web', slot, observation });
  }

  /** Answers what is asked again before it is believed (F7), and what is looked at before a return (S14). */
  answer(): void {
    for (let round = 0; round < 3; round++) {
      for (const read of this.state.services.web!.doubt?.reads ?? []) {
        if (read === 'routing') this.observeRouting();
        else this.observeSlot(read);
      }
    }
  }

  /** Tells something as often as it takes to be believed. */
  twice(tell: () => void): void {
    tell();
    tell();
  }

  /** Begins the write that is wanted now; the caller says how it ends. */
  begin(kind: 'route' | 'converge'): Effect & { readonly kind: 'route' | 'converge' } {
    if (this.state.phase === 'rolling-back') this.answer();
    const effect = this.effect(kind);
    if (effect === undefined || effect.notBefore > this.at)
      throw new Error(`no ${kind} is wanted in ${this.state.phase}`);
    const { key, fence, service } = effect;
    if (effect.kind === 'route') {
      const { target, expected } = effect;
      this.tell({ type: 'effect-started', key, write: { kind: 'route', service, fence, target, expected } });
    } else {
      const { slot, release, atLeast } = effect.target;
      const version = release === null || release === 'unchanged' ? null : release.version;
      this.tell({ type: 'effect-started', key, write: { kind: 'converge', service, slot, fence, version, atLeast } });
    }
    return effect;
  }

  land(effect: Effect): void {
    if (effect.kind === 'route') {
      this.target = effect.target;
      this.fence = effect.fence;
    } else if (effect.kind === 'converge') {
      const { slot, release } = effect.target;
      this.version[slot] = release === null || release === 'unchanged' ? null : release.version;
      this.releaseId[slot] = release === null || release === 'unchanged' ? undefined : release.id;
    }
  }

  accept(effect: Effect): void {
    this.tell({ type: 'effect-settled', key: effect.key, result: { outcome: 'accepted' } });
  }

  /** Ends a write without success. `read-back`: nobody knows whether it happened. */
  refuse(effect: Effect, reaction: 'retry' | 'read-back' | 'recompute' | 'permanent', message = 'it failed'): void {
    const result = { outcome: 'failed', reaction, code: 'fake/failed', message } as const;
    this.tell({ type: 'effect-settled', key: effect.key, result });
  }

  failRead(slot: Slot | null = null): ReleaseState {
    const failure = { code: 'fake/down', message: 'down', reaction: 'retry' } as const;
    return this.tell({ type: 'observation-failed', service: 'web', slot, ...failure });
  }

  /** Gives a command, and says why it was refused. */
  command(type: CommandFact['type'], gate = 'go-live'): ErrorCode | null {
    const said = { command: `c${this.facts.length}`, by: 'ann', reason: 'because' };
    // Every command takes what it knows of these.
    const command = { type, gate, abort: false, attempt: 1, verdict: 'pass', ...said, at: this.at } as CommandFact;
    const refused = refusal(this.state, command);
    this.tell(command);
    return refused;
  }

  /** The owner died; another one comes after `absentMs`. */
  takeOver(absentMs = 0): ReleaseState {
    this.at += absentMs;
    const epoch = this.state.fences.router!.epoch + 1;
    return this.tell({
      type: 'orchestrator-resumed',
      owner: 'next',
      absentMs,
      epochs: { router: epoch, cluster: epoch },
    });
  }

  /** Somebody else sends `percent` to green, and leaves no stamp of ours but `fence`. */
  edit(percent: number, fence?: Fence): void {
    this.target = everythingTo('blue', {
      cohort: { kind: this.traffic.cohorts[0] as 'sticky' },
      weights: weights(percent),
    });
    this.fence = fence;
  }

  /** Reads the router every second, as a runner would. */
  lookOn(forMs: number): void {
    for (let passed = 0; passed < forMs; passed += 1_000) {
      this.observeRouting();
      this.wait(1_000);
    }
    this.observeRouting();
  }

  get routing(): RoutingState {
    return this.state.services.web!.routing;
  }

  /** The release is held, or told to wait, because somebody else changed the routing. */
  get isDrifted(): boolean {
    return this.routing.drifted !== null;
  }

  /** Does everything that is wanted now, at once and well, until `stop` or nothing more is wanted at this instant. */
  settle(stop: () => boolean = () => false): void {
    for (let round = 0; round < 200; round++) {
      if (stop()) return;
      const before = this.state;
      const effects = effectsFor(this.state);
      const write = effects.find(
        (effect) => (effect.kind === 'route' || effect.kind === 'converge') && effect.notBefore <= this.at,
      );
      if (write !== undefined && (write.kind === 'route' || write.kind === 'converge')) {
        const begun = this.begin(write.kind);
        this.land(begun);
        this.accept(begun);
      }
      for (const effect of effectsFor(this.state)) {
        if (stop()) return;
        if (effect.kind === 'observe-routing') this.observeRouting();
        else if (effect.kind === 'observe-environment') this.observeSlot(effect.slot);
        else if (effect.kind === 'judge') this.judge(effect, 'pass');
        else if (effect.kind === 'hook' && effect.notBefore <= this.at) this.runHook(effect);
      }
      if (this.state === before) return;
    }
    throw new Error(`never settles in ${this.state.phase}`);
  }

  /** Runs a hook, well unless told. */
  runHook({ hook, attempt }: Effect & { readonly kind: 'hook' }, failure: string | null = null): void {
    this.tell({ type: 'hook-settled', hook, attempt, failure });
  }

  judge(effect: Effect & { readonly kind: 'judge' }, verdict: 'pass' | 'fail' | 'inconclusive' | 'error'): void {
    this.tell({
      type: 'gate-judged',
      gate: effect.gate.id,
      attempt: effect.attempt,
      verdict,
      evidence: { summary: verdict },
    });
  }

  wait(ms: number): void {
    this.at += ms;
    this.tell({ type: 'time-passed' });
  }

  /** Plays the release on until it is in `phase`, jumping from instant to instant. */
  playTo(phase: ReleaseState['phase'], limit = 500): void {
    const done = (): boolean => this.state.phase === phase;
    for (let round = 0; round < limit; round++) {
      this.settle(done);
      if (done()) return;
      const next = wakeAt(this.state, this.at);
      const due = effectsFor(this.state)
        .map(({ notBefore }) => notBefore)
        .filter((at) => at > this.at);
      const at = Math.min(...(next === null ? [] : [next]), ...due);
      if (!Number.isFinite(at)) throw new Error(`nothing leads from ${this.state.phase} to ${phase}`);
      this.wait(at - this.at);
    }
    throw new Error(`never reached ${phase}, is in ${this.state.phase}`);
  }
}

type WithoutAt<F> = F extends unknown ? Omit<F, 'at'> : never;
