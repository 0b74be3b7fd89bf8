import type { Slot } from '@bluegreen/contract';
import { slots } from '@bluegreen/contract';
import type { Effect } from './effects.js';
import type { ReleasePlan } from './release-plan.js';
import { WalkMischief } from './walk-mischief.fixture.js';
import { refused, runningKeys, type Write } from './walk-world.fixture.js';
import { effectsFor, isEnd, wakeAt } from './wanted-effects.js';

/**
 * A release in a world that does what the choices say: lose, delay or refuse writes, show old reads, let a person
 * edit the router, kill the owner. The same choices give the same walk, so fast-check can shrink them.
 */
export class Walk extends WalkMischief {
  /** How often a step is what happens on a good day. */
  readonly #goodPercent: number;
  onBegin: (effect: Write, walk: Walk) => void = () => {};

  constructor(plan: ReleasePlan, active: Slot | null, choices: readonly number[]) {
    super(plan, active, choices);
    this.#goodPercent = this.oneOf([50, 70, 85, 95, 99]);
  }

  /** One choice, then what a runner does at once: give up on what is not wanted any more. */
  step(): void {
    const isGood = this.pick(100) < this.#goodPercent;
    if (!isGood) this.oneOf(this.mischief)();
    else if (this.pick(2) === 0) this.#work();
    else this.#round();
    this.abandon();
  }

  /** What a runner does between two instants: everything that is wanted now, once; then it waits for the next. */
  #round(): void {
    for (const { key } of effectsFor(this.state)) {
      const effect = this.due().find((other) => other.key === key);
      if (effect === undefined) continue;
      if (isWrite(effect)) this.#write(effect);
      else this.#look(effect);
    }
    if (this.due().some(isWrite)) return;
    if (this.pick(8) === 0) this.approve(this.oneOf(['go-live', 'sure']));
    this.wait(this.toNext());
  }

  /** Does one thing that is wanted now: begins a write, and mostly does it well; or reads, or judges. */
  #work(): void {
    const due = this.due();
    const write = due.find(isWrite);
    const effect = write !== undefined && this.pick(3) > 0 ? write : due[this.pick(Math.max(1, due.length))];
    if (effect === undefined) this.wait(this.toNext());
    else if (isWrite(effect)) this.#write(effect);
    else this.#look(effect);
  }

  protected isBad(): boolean {
    return this.pick(100) >= this.#goodPercent;
  }

  #look(effect: Exclude<Effect, Write>): void {
    if (effect.kind === 'observe-routing') this.readRouter();
    else if (effect.kind === 'observe-environment') this.observeSlot(effect.slot);
    else if (effect.kind === 'hook') this.runHook(effect, this.isBad() ? 'it failed' : null);
    else this.judge(effect, this.isBad() ? this.oneOf(['inconclusive', 'error', 'fail', 'inconclusive']) : 'pass');
  }

  #write(effect: Write): void {
    this.onBegin(effect, this);
    this.start(effect);
    this.flights.push({ effect, until: Number.MAX_SAFE_INTEGER });
    if (this.isBad()) return;
    const isLanded = this.landOne(this.flights.at(-1)!);
    this.endWrite(effect.key, isLanded ? { outcome: 'accepted' } : refused);
  }

  /** To the next instant at which anything can happen by itself. */
  protected toNext(): number {
    const next = [wakeAt(this.state, this.at), ...effectsFor(this.state).map(({ notBefore }) => notBefore)]
      .filter((at): at is number => at !== null && at > this.at)
      .sort((a, b) => a - b)[0];
    const isQuiet = this.pick(3) > 0;
    return next === undefined || next > this.at + 1e9 ? 1_000 : Math.min(next - this.at, isQuiet ? 86_400_000 : 1_000);
  }

  protected due(): readonly Effect[] {
    const running = runningKeys(this.state);
    return effectsFor(this.state).filter(({ key, notBefore }) => notBefore <= this.at && !running.has(key));
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
      this.endWrite(key, { outcome: 'failed', reaction: 'retry', code: 'fake/down', message: 'down' });
    }
    this.commands += 1;
    const said = { command: `h${this.commands}`, by: 'bob', reason: 'repaired' };
    const isHeld = this.state.paused !== null || this.state.services.web!.routing.drifted !== null;
    if (isHeld) this.tell({ type: 'resume-requested', ...said });
    for (const gate of ['go-live', 'sure']) {
      this.tell({ type: 'approval-granted', gate, ...said, command: `${said.command} ${gate}` });
    }
  }
}

function isWrite(effect: Effect): effect is Write {
  return effect.kind === 'route' || effect.kind === 'converge';
}
