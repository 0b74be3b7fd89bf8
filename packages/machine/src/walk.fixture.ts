import {
  compareFences,
  everythingTo,
  type Fence,
  pointsAt,
  type Routing,
  type Slot,
  slots,
  type TrafficObservation,
  type TrafficTarget,
  weights,
} from '@bluegreen/contract';
import type { Effect } from './effects.js';
import type { Fact } from './events.js';
import { Hand } from './release.fixture.js';
import type { ReleasePlan } from './release-plan.js';
import type { ReleaseState } from './state.js';
import { gateNames, rarely } from './walk-plans.fixture.js';
import { effectsFor, isEnd, wakeAt } from './wanted-effects.js';

type Write = Effect & { readonly kind: 'route' | 'converge' };
type Outcome = Extract<Fact, { readonly type: 'effect-settled' }>['result'];

/** A write whose request left. It may land until `until`, whatever its caller was told. */
interface Flight {
  readonly effect: Write;
  until: number;
}

/**
 * A release in a world that does what the choices say: lose, delay or refuse writes, show old reads, let a person
 * edit the router, kill the owner. The same choices give the same walk, so fast-check can shrink them.
 */
export class Walk extends Hand {
  readonly #choices: readonly number[];
  #next = 0;
  /** How often a step is what happens on a good day. */
  readonly #goodPercent: number;
  #commands = 0;
  flights: Flight[] = [];
  /** What reads showed earlier; a lagging router may show it again. */
  readonly #shown: TrafficObservation[] = [];
  foreign = false;
  open: Record<Slot, number> = { blue: 0, green: 0 };
  afterRestart: TrafficTarget | null = null;
  /** Whether somebody edited the router since it was last read. */
  isEditedUnread = false;
  readonly trace: string[] = [];
  onFact: (before: ReleaseState, fact: Fact, after: ReleaseState) => void = () => {};
  onBegin: (effect: Write, walk: Walk) => void = () => {};

  constructor(plan: ReleasePlan, active: Slot | null, choices: readonly number[]) {
    super(plan, { active });
    this.#choices = choices;
    this.#goodPercent = this.#oneOf([50, 70, 85, 95, 99]);
  }

  /** True while choices are left. */
  get goesOn(): boolean {
    return this.#next < this.#choices.length;
  }

  #pick(count: number): number {
    const choice = this.#choices[this.#next % Math.max(1, this.#choices.length)] ?? 0;
    this.#next += 1;
    return choice % count;
  }

  #oneOf<T>(values: readonly T[]): T {
    return values[this.#pick(values.length)]!;
  }

  override tell(fact: Parameters<Hand['tell']>[0]): ReleaseState {
    const before = this.state;
    const after = super.tell(fact);
    // The constructor of the parent tells before the fields of this class exist.
    if (this.trace !== undefined) {
      const told = this.facts.at(-1)!;
      this.trace.push(JSON.stringify(told));
      this.onFact(before, told, after);
    }
    return after;
  }

  override observation(patch: Partial<TrafficObservation> = {}): TrafficObservation {
    const base = super.observation();
    const routing: Routing = this.foreign ? { kind: 'foreign', summary: 'our place is gone' } : base.routing;
    const revision = this.foreign ? `foreign ${base.revision}` : base.revision;
    const restart = this.afterRestart;
    return {
      ...base,
      routing,
      revision,
      proof: this.traffic.propagationMs > 0 ? 'accepted' : 'proven',
      drain: { blue: { kind: 'counted', open: this.open.blue }, green: { kind: 'counted', open: this.open.green } },
      ...(restart === null ? {} : { afterRestart: { kind: 'split' as const, target: restart } }),
      ...patch,
    };
  }

  /** One choice, then what a runner does at once: give up on what is not wanted any more. */
  step(): void {
    const isGood = this.#pick(100) < this.#goodPercent;
    if (!isGood) this.#oneOf(this.#mischief)();
    else if (this.#pick(2) === 0) this.#work();
    else this.#round();
    this.abandon();
  }

  /** What a runner does between two instants: everything that is wanted now, once; then it waits for the next. */
  #round(): void {
    for (const { key } of effectsFor(this.state)) {
      const effect = this.#due().find((other) => other.key === key);
      if (effect === undefined) continue;
      if (isWrite(effect)) this.#write(effect);
      else this.#look(effect);
    }
    if (this.#due().some(isWrite)) return;
    if (this.#pick(8) === 0) this.#approve(this.#oneOf(['go-live', 'sure']));
    this.wait(this.#toNext());
  }

  readonly #mischief: readonly (() => void)[] = [
    () => this.#land(),
    () => this.#land(),
    () => this.#settle(),
    () => this.#settle(),
    () => this.#command(),
    () => this.#readOld(),
    () => this.#edit(),
    () => this.#changeSlots(),
    () => this.#failRead(),
    () => this.#loseOwner(),
    () => this.#changeRouter(),
    () => this.#nonsense(),
    () => this.wait(this.#oneOf([1, 1_000, 5_000, 60_000, 600_000, 3_600_000])),
  ];

  /** Ends what nobody wants any more; such a write may still land. */
  abandon(): void {
    const wanted = new Set(effectsFor(this.state).map(({ key }) => key));
    for (const key of runningKeys(this.state)) {
      if (wanted.has(key)) continue;
      const code = 'adapter/no-answer';
      this.#end(key, { outcome: 'failed', reaction: 'read-back', code, message: 'no longer wanted' });
    }
  }

  #end(key: string, result: Outcome): void {
    const flight = this.flights.find(({ effect }) => effect.key === key);
    if (flight !== undefined) flight.until = this.at + this.lateWriteMs(flight.effect);
    const isOver = result.outcome === 'failed' && result.reaction !== 'read-back';
    if (isOver) this.flights = this.flights.filter((other) => other !== flight);
    this.tell({ type: 'effect-settled', key, result });
  }

  lateWriteMs(effect: Write): number {
    const { traffic, environment } = this.state.plan.services.web!;
    return effect.kind === 'route' ? traffic.capabilities.lateWriteMs : environment.capabilities.lateWriteMs;
  }

  /** Does one thing that is wanted now: begins a write, and mostly does it well; or reads, or judges. */
  #work(): void {
    const due = this.#due();
    const write = due.find(isWrite);
    const effect = write !== undefined && this.#pick(3) > 0 ? write : due[this.#pick(Math.max(1, due.length))];
    if (effect === undefined) this.wait(this.#toNext());
    else if (isWrite(effect)) this.#write(effect);
    else this.#look(effect);
  }

  #isBad(): boolean {
    return this.#pick(100) >= this.#goodPercent;
  }

  #look(effect: Exclude<Effect, Write>): void {
    if (effect.kind === 'observe-routing') this.#read();
    else if (effect.kind === 'observe-environment') this.observeSlot(effect.slot);
    else this.judge(effect, this.#isBad() ? this.#oneOf(['inconclusive', 'error', 'fail', 'inconclusive']) : 'pass');
  }

  #read(): void {
    const observation = this.observation();
    this.#shown.push(observation);
    this.isEditedUnread = false;
    this.tell({ type: 'routing-observed', service: 'web', observation });
  }

  #write(effect: Write): void {
    this.onBegin(effect, this);
    this.#start(effect);
    this.flights.push({ effect, until: Number.MAX_SAFE_INTEGER });
    if (this.#isBad()) return;
    const isLanded = this.#landOne(this.flights.at(-1)!);
    this.#end(effect.key, isLanded ? { outcome: 'accepted' } : refused);
  }

  #start(effect: Write): void {
    const { key, service, fence } = effect;
    if (effect.kind === 'route') {
      const { target, expected } = effect;
      this.tell({ type: 'effect-started', key, write: { kind: 'route', service, fence, target, expected } });
      return;
    }
    const { slot, release, atLeast } = effect.target;
    const version = release === null || release === 'unchanged' ? null : release.version;
    this.tell({ type: 'effect-started', key, write: { kind: 'converge', service, slot, fence, version, atLeast } });
  }

  /** Whether the router or the environment takes this write now. */
  isTaken({ effect }: Flight): boolean {
    if (effect.kind === 'converge') {
      return this.target === null || this.foreign || !pointsAt(this.target, effect.target.slot);
    }
    if (this.foreign) return false;
    if (this.traffic.fencing !== 'enforced') return true;
    const isNewer = this.fence === undefined || compareFences(effect.fence, this.fence) > 0;
    return isNewer && effect.expected.revision === this.observation().revision;
  }

  #landOne(flight: Flight): boolean {
    this.flights = this.flights.filter((other) => other !== flight);
    if (!this.isTaken(flight)) return false;
    this.land(flight.effect);
    return true;
  }

  /** A write lands before its caller was told, or long after it gave up. */
  #land(): void {
    this.flights = this.flights.filter(({ until }) => until > this.at);
    if (this.flights.length > 0) this.#landOne(this.#oneOf(this.flights));
  }

  #settle(): void {
    const keys = [...runningKeys(this.state)];
    if (keys.length === 0) return;
    const failed = { outcome: 'failed', code: 'fake/failed', message: 'it failed' } as const;
    const results: readonly Outcome[] = [
      { outcome: 'accepted' },
      { outcome: 'accepted' },
      { ...failed, reaction: 'read-back' },
      { ...failed, reaction: 'retry' },
      refused,
      { ...failed, reaction: 'permanent' },
    ];
    this.#end(this.#oneOf(keys), this.#oneOf(results));
  }

  /** To the next instant at which anything can happen by itself. */
  #toNext(): number {
    const next = [wakeAt(this.state, this.at), ...effectsFor(this.state).map(({ notBefore }) => notBefore)]
      .filter((at): at is number => at !== null && at > this.at)
      .sort((a, b) => a - b)[0];
    const isQuiet = this.#pick(3) > 0;
    return next === undefined || next > this.at + 1e9 ? 1_000 : Math.min(next - this.at, isQuiet ? 86_400_000 : 1_000);
  }

  #due(): readonly Effect[] {
    const running = runningKeys(this.state);
    return effectsFor(this.state).filter(({ key, notBefore }) => notBefore <= this.at && !running.has(key));
  }

  #approve(gate: string): void {
    this.#commands += 1;
    this.tell({ type: 'approval-granted', gate, command: `c${this.#commands}`, by: 'ann', reason: 'because' });
  }

  #command(): void {
    const type = this.#oneOf(rarely);
    this.#commands += 1;
    const said = { command: `c${this.#commands}`, by: 'ann', reason: 'because' };
    if (type === 'approval-granted') this.#approve(this.#oneOf(['go-live', 'sure', 'nobody']));
    else if (type === 'rollback-requested') this.tell({ type, abort: this.#pick(2) === 0, ...said });
    else if (type === 'gate-skip-requested')
      this.tell({ type, gate: this.#oneOf(['go-live', 'sure', 'errors']), ...said });
    else if (type === 'webhook-answered')
      this.tell({ type, gate: 'verify/board', attempt: 1, verdict: 'pass', ...said });
    else this.tell({ type, ...said });
  }

  #readOld(): void {
    if (this.#shown.length === 0) return;
    const observation = this.#oneOf(this.#shown.slice(-4));
    if (observation.revision !== this.observation().revision) this.isEditedUnread = true;
    this.tell({ type: 'routing-observed', service: 'web', observation });
  }

  #edit(): void {
    this.isEditedUnread = true;
    const stamps: readonly (Fence | undefined)[] = [undefined, this.fence, { epoch: 1, sequence: 1 }];
    this.fence = this.#oneOf(stamps);
    const percent = this.#oneOf([0, 10, 50, 100]);
    const edited = everythingTo(this.#oneOf(slots), { cohort: { kind: 'sticky' }, weights: weights(percent) });
    this.target = this.#pick(6) === 0 ? null : edited;
    this.foreign = this.#pick(8) === 0;
  }

  #changeSlots(): void {
    const slot = this.#oneOf(slots);
    if (this.#pick(4) === 0) this.version[slot] = this.#oneOf([null, 'v0', 'v1', 'v2']);
    this.ready[slot] = this.#oneOf([0, 1, 2, 2, 2, 3]);
  }

  #failRead(): void {
    const slot = this.#oneOf([null, ...slots]);
    const failure = { code: 'fake/down', message: 'down', reaction: 'retry' } as const;
    this.tell({ type: 'observation-failed', service: 'web', slot, ...failure });
  }

  /** The owner dies; another one comes after a while. What was sent may still land. */
  #loseOwner(): void {
    this.takeOver(this.#oneOf([0, 1_000, 60_000, 10_800_000]));
  }

  override takeOver(absentMs: number): ReleaseState {
    for (const flight of this.flights) {
      flight.until = Math.min(flight.until, this.at + absentMs + this.lateWriteMs(flight.effect));
    }
    return super.takeOver(absentMs);
  }

  #changeRouter(): void {
    const restarts = [null, everythingTo('blue'), everythingTo('green')];
    this.afterRestart = this.#oneOf(restarts);
    this.open = { blue: this.#oneOf([0, 0, 3]), green: this.#oneOf([0, 0, 3]) };
  }

  #nonsense(): void {
    const [gate, attempt] = [this.#oneOf(gateNames), this.#pick(3)];
    const evidence = { summary: 'nonsense' };
    const verdict = this.#oneOf(['pass', 'fail', 'error', 'inconclusive'] as const);
    const told = [
      () => this.tell({ type: 'gate-judged', gate, attempt, verdict, evidence }),
      () => this.tell({ type: 'effect-settled', key: 'nobody', result: { outcome: 'accepted' } }),
      () => this.tell({ type: 'routing-observed', service: 'nobody', observation: this.observation() }),
      () => this.tell({ type: 'release-requested', id: 'r9', requestedBy: 'eve', plan: this.state.plan }),
      () => this.observeRouting({ fence: { epoch: 999, sequence: 1 } }),
    ];
    this.#oneOf(told)();
  }

  /** From here on nothing goes wrong any more, and a person does what the release asks for. */
  heal(limit = 400): void {
    this.flights = [];
    this.afterRestart = null;
    this.open = { blue: 0, green: 0 };
    for (let round = 0; round < limit; round++) {
      this.#repair();
      if (isEnd(this.state)) return;
      this.settle(() => isEnd(this.state));
      this.abandon();
      if (isEnd(this.state)) return;
      const next = [wakeAt(this.state, this.at), ...effectsFor(this.state).map(({ notBefore }) => notBefore)]
        .filter((at): at is number => at !== null && at > this.at && at < this.at + 1e10)
        .sort((a, b) => a - b)[0];
      this.wait(next === undefined ? 1_000 : Math.min(next - this.at, 60_000));
    }
    throw new Error(`no end: ${JSON.stringify(this.state)}`);
  }

  #repair(): void {
    this.foreign = false;
    const { roles } = this.state.services.web!;
    for (const slot of slots) this.ready[slot] = 3;
    if (roles?.active != null && this.state.phase !== 'retiring') this.version[roles.active] ??= 'v1';
    for (const key of runningKeys(this.state)) {
      this.#end(key, { outcome: 'failed', reaction: 'retry', code: 'fake/down', message: 'down' });
    }
    this.#commands += 1;
    const said = { command: `h${this.#commands}`, by: 'bob', reason: 'repaired' };
    const isHeld = this.state.paused !== null || this.state.services.web!.routing.drifted !== null;
    if (isHeld) this.tell({ type: 'resume-requested', ...said });
    for (const gate of ['go-live', 'sure']) {
      this.tell({ type: 'approval-granted', gate, ...said, command: `${said.command} ${gate}` });
    }
  }
}

const refused: Outcome = { outcome: 'failed', reaction: 'recompute', code: 'fake/changed', message: 'it changed' };

function isWrite(effect: Effect): effect is Write {
  return effect.kind === 'route' || effect.kind === 'converge';
}

/** The writes of which the machine thinks that they are under way. */
export function runningKeys(state: ReleaseState): Set<string> {
  const keys = new Set<string>();
  for (const { routing, slots: both } of Object.values(state.services)) {
    for (const { key, status } of routing.writes) if (status === 'running') keys.add(key);
    for (const slot of slots) {
      const { converge } = both[slot];
      if (converge?.status === 'running') keys.add(converge.key);
    }
  }
  return keys;
}
