import {
  announce,
  type CommandFact,
  type Effect,
  effectsFor,
  type Fact,
  isEnd,
  nextState,
  type ReleaseEvent,
  type ReleaseState,
  refusal,
  wakeAt,
} from '@bluegreen/machine';
import { abandonedOutcome, isWrite } from './outcome.js';
import { reconcile } from './reconcile.js';
import { type Rest, restOf } from './rest.js';

/** What a driver has to do next for a release, in this order. */
export type Step =
  /** Make these events durable, all or none; go on only then. */
  | { readonly kind: 'append'; readonly events: readonly ReleaseEvent[] }
  /** Make sure that this process still owns the release; a write follows. */
  | { readonly kind: 'confirm' }
  | { readonly kind: 'start'; readonly effect: Effect }
  /** Stop waiting for it; the process is told how it ended through `ended`. */
  | { readonly kind: 'abort'; readonly key: string };

/**
 * One release, sans-I/O: facts in, steps out. Everything that awaits is the driver's; everything that decides is the
 * machine's; this is what both drivers share, so that they write the same journal byte for byte.
 */
export class ReleaseProcess {
  #state: ReleaseState;
  readonly #known = new Map<string, number | null>();
  /** A handful at the most: a list of them is half the size of a map, made anew it has no room to spare. */
  #running: readonly Effect[] = [];
  #effectWakeAt: number | null = null;
  /** What the present state wants; `null` until somebody asks. */
  #wanted: readonly Effect[] | null = null;
  /** The last instant at which the present state was decided on, and until when time alone changes nothing in it. */
  #decidedAt: number | null = null;
  #quietUntil: number | null = null;

  constructor(state: ReleaseState) {
    this.#state = state;
  }

  get state(): ReleaseState {
    return this.#state;
  }

  /** True when nothing is left to drive. */
  get isOver(): boolean {
    return isEnd(this.#state);
  }

  /** Notes that a started effect ended. Its outcome goes into the next `turn` as a fact. */
  ended(key: string, at: number): void {
    if (this.#known.has(key)) this.#known.set(key, at);
    this.#endRunning(key);
  }

  /** Folds `facts`, then yields every step until nothing more can be done at `now`. */
  *turn(facts: readonly Fact[], now: number): Generator<Step, void> {
    const events = this.#decideAll(facts);
    if (events.length > 0) yield { kind: 'append', events };
    for (;;) {
      const { start, abort, forget, wakeAt: effectWakeAt } = reconcile(this.#effects(), this.#known, now);
      this.#effectWakeAt = effectWakeAt;
      for (const key of forget) this.#known.delete(key);
      if (abort.length > 0) {
        yield* this.#abandon(abort, now);
        continue;
      }
      const write = start.find(isWrite);
      if (write === undefined) {
        for (const effect of start) yield this.#begin(effect);
        return;
      }
      yield { kind: 'confirm' };
      yield { kind: 'append', events: this.#decideAll([startedFact(write, now)]) };
      yield this.#begin(write);
    }
  }

  /** When to call `turn` again although nothing happened; `null`: never. */
  wakeAt(now: number): number | null {
    if (this.isOver) return null;
    const byEffect = this.#effectWakeAt;
    const byState = this.#stateWakeAt(now);
    if (byEffect === null) return byState;
    return byState === null ? byEffect : Math.min(byEffect, byState);
  }

  /** What repeats while nothing happens; `null` while an effect is under way. Ask after a turn. */
  rest(): Rest | null {
    if (this.#running.length > 0 || this.isOver) return null;
    return restOf(this.#effects(), this.#known, this.#quiet());
  }

  /** Whether a turn with this fact would find the release as it is, and record nothing. */
  tellsNothing(fact: Fact): boolean {
    return nextState(this.#state, fact, this.#quiet()) === this.#state;
  }

  /** Notes what was done while the release rested, with when each ended last, instead of a turn for every time. */
  repeated(ends: Iterable<readonly [key: string, endedAt: number]>, now: number): void {
    for (const [key, endedAt] of ends) this.ended(key, endedAt);
    this.#effectWakeAt = reconcile(this.#effects(), this.#known, now).wakeAt;
  }

  /** The rollback that an owner may still send after it lost its lease (rule 8); `null` where it may not. */
  farewell(): (Effect & { readonly kind: 'route' }) | null {
    if (this.#state.phase !== 'rolling-back') return null;
    for (const effect of this.#effects()) {
      if (effect.kind !== 'route' || this.#known.has(effect.key)) continue;
      const { capabilities } = this.#state.plan.services[effect.service]!.traffic;
      if (capabilities.fencing === 'enforced') return effect;
    }
    return null;
  }

  #effects(): readonly Effect[] {
    this.#wanted ??= effectsFor(this.#state);
    return this.#wanted;
  }

  /** Most turns find the state as it was: then so is everything that follows from it. */
  #stateWakeAt(now: number): number | null {
    const quietUntil = this.#quiet();
    if (quietUntil <= now) return wakeAt(this.#state, now);
    return quietUntil === Number.POSITIVE_INFINITY ? null : quietUntil;
  }

  #quiet(): number {
    if (this.#decidedAt === null) return Number.NEGATIVE_INFINITY;
    this.#quietUntil ??= wakeAt(this.#state, this.#decidedAt) ?? Number.POSITIVE_INFINITY;
    return this.#quietUntil;
  }

  #begin(effect: Effect): Step {
    this.#known.set(effect.key, null);
    this.#running = [...this.#running, effect];
    return { kind: 'start', effect };
  }

  #endRunning(key: string): Effect | undefined {
    const ended = this.#running.find((effect) => effect.key === key);
    if (ended !== undefined) this.#running = this.#running.filter((effect) => effect !== ended);
    return ended;
  }

  /** Stops waiting for what nobody wants any more. A write that was under way may still happen: that is a fact. */
  *#abandon(keys: readonly string[], now: number): Generator<Step, void> {
    const facts: Fact[] = [];
    for (const key of keys) {
      const effect = this.#endRunning(key);
      this.#known.delete(key);
      yield { kind: 'abort', key };
      if (effect === undefined || !isWrite(effect)) continue;
      const outcome = abandonedOutcome(effect, 'no longer wanted');
      if (outcome.type !== 'fenced') facts.push({ ...outcome, at: now });
    }
    const events = this.#decideAll(facts);
    if (events.length > 0) yield { kind: 'append', events };
  }

  /** What is to be recorded of these facts, with what follows from them. */
  #decideAll(facts: readonly Fact[]): readonly ReleaseEvent[] {
    const events: ReleaseEvent[] = [];
    for (const fact of facts) this.#decide(fact, events);
    return events;
  }

  #decide(fact: Fact, events: ReleaseEvent[]): void {
    if ('command' in fact) {
      const code = refusal(this.#state, fact);
      if (code !== null) {
        if (code !== 'release/command-repeated') events.push(refusedEvent(fact, code));
        return;
      }
    }
    const quietUntil = this.#quiet();
    const next = nextState(this.#state, fact, quietUntil);
    if (fact.at >= quietUntil || next !== this.#state) {
      this.#decidedAt = fact.at;
      this.#quietUntil = null;
    }
    if (next === this.#state) return;
    events.push(fact, ...announce(this.#state, next, fact));
    this.#state = next;
    this.#wanted = null;
  }
}

function startedFact(effect: Effect & { readonly kind: 'route' | 'converge' }, at: number): Fact {
  const { key, service, fence } = effect;
  if (effect.kind === 'route') {
    const { target, expected } = effect;
    return { type: 'effect-started', at, key, write: { kind: 'route', service, fence, target, expected } };
  }
  const { slot, release, atLeast } = effect.target;
  if (release === 'unchanged') {
    const { autoscaling, workers } = effect.target;
    const tend = { autoscaling, workers };
    return { type: 'effect-started', at, key, write: { kind: 'converge', service, slot, fence, version: null, tend } };
  }
  const version = release === null ? null : release.version;
  return { type: 'effect-started', at, key, write: { kind: 'converge', service, slot, fence, version, atLeast } };
}

function refusedEvent(fact: CommandFact, code: string): ReleaseEvent {
  const { at, command, type, by } = fact;
  return { type: 'command-refused', at, command, requested: type, code, by };
}
