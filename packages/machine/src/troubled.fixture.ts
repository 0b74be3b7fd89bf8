import type { Slot, TrafficObservation } from '@bluegreen/contract';
import type { Effect } from './effects.js';
import { Hand } from './release.fixture.js';
import type { ReleasePlan } from './release-plan.js';
import type { Phase, ReleaseState } from './state.js';
import { effectsFor, isEnd, wakeAt } from './wanted-effects.js';

export const troubles = [
  'paused',
  'new owner',
  'old reads',
  'no reads',
  'edited router',
  'small candidate',
  'undecided gates',
  'blind guardrails',
  'hung write',
] as const;
export type Trouble = (typeof troubles)[number];

/** When the trouble begins: as soon as the phase is entered, or once its routing is in place. */
export const moments = ['entered', 'in place', 'deployed'] as const;

/** A release that goes well up to a moment, and then has one trouble that does not go away. */
export class Troubled extends Hand {
  #trouble: Trouble | null = null;
  #old: TrafficObservation | null = null;

  constructor(plan: ReleasePlan) {
    super(plan);
    this.settle(() => this.routing.shownAt !== null);
    this.#old = super.observation();
  }

  /** Plays to the moment, lets the trouble begin, and lives with it for a while. */
  live(phase: Phase, moment: (typeof moments)[number], trouble: Trouble): void {
    const isDeployed = (): boolean => this.state.services.web!.slots.green.converge?.status === 'accepted';
    if (moment === 'deployed') this.#playUntil(isDeployed);
    else this.playTo(phase);
    if (moment === 'in place') this.#playUntil(() => this.routing.shownAt !== null);
    this.#begin(trouble, moment === 'deployed');
    for (let round = 0; round < 60 && !isEnd(this.state); round++) this.#round();
  }

  #playUntil(done: () => boolean): void {
    for (let round = 0; round < 20 && !done(); round++) {
      this.settle(done);
      if (!done()) this.wait(1_000);
    }
  }

  #begin(trouble: Trouble, isUnread: boolean): void {
    if (trouble === 'paused') this.command('pause-requested');
    if (trouble === 'new owner') this.takeOver(1_000);
    if (trouble === 'edited router') this.edit(30);
    if (trouble === 'old reads' && isUnread) this.#claimAnew();
    this.#trouble = trouble;
  }

  /** A new owner has put its stamp; a lagging router may still show that of the one before. */
  #claimAnew(): void {
    this.#old = this.observation();
    this.takeOver();
    for (let turn = 0; turn < 3; turn++) {
      this.observeRouting();
      if (this.effect('route') !== undefined) this.#write('route');
    }
  }

  #round(): void {
    // The router is read last, as it may happen.
    const routing = effectsFor(this.state).filter(({ kind }) => kind === 'observe-routing');
    for (const effect of [...effectsFor(this.state), ...routing]) this.#do(effect);
    const next = wakeAt(this.state, this.at);
    this.wait(next === null ? 1_000 : Math.min(next - this.at, 30_000));
  }

  #do(effect: Effect): void {
    const wanted = effectsFor(this.state).find(({ key }) => key === effect.key);
    if (wanted === undefined || wanted.notBefore > this.at) return;
    if (effect.kind === 'observe-routing') this.observeRouting();
    else if (effect.kind === 'observe-environment') this.observeSlot(effect.slot);
    else if (effect.kind === 'judge') this.judge(effect, this.#verdict(effect.gate.id));
    else if (effect.kind === 'hook') this.runHook(effect);
    else this.#write(effect.kind);
  }

  #write(kind: 'route' | 'converge'): void {
    const begun = this.begin(kind);
    if (this.#trouble === 'hung write') {
      this.#trouble = null;
      this.refuse(begun, 'read-back');
      return;
    }
    this.land(begun);
    this.accept(begun);
  }

  #verdict(gate: string): 'pass' | 'inconclusive' | 'error' {
    if (gate.startsWith('guardrail/')) return this.#trouble === 'blind guardrails' ? 'error' : 'pass';
    return this.#trouble === 'undecided gates' ? 'inconclusive' : 'pass';
  }

  override observeRouting(patch: Partial<TrafficObservation> = {}): ReleaseState {
    return this.#trouble === 'no reads' ? this.failRead() : super.observeRouting(patch);
  }

  override observation(patch: Partial<TrafficObservation> = {}): TrafficObservation {
    if (this.#trouble === 'old reads' && this.#old !== null) return this.#old;
    return super.observation({ proof: this.traffic.propagationMs > 0 ? 'accepted' : 'proven', ...patch });
  }

  override observeSlot(slot: Slot): ReleaseState {
    const isSmall = this.#trouble === 'small candidate' && slot === 'green' && this.version.green !== null;
    return super.observeSlot(slot, isSmall ? { ready: 1 } : {});
  }
}
