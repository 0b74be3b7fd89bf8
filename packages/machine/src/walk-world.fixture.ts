import {
  compareFences,
  pointsAt,
  type Routing,
  type Slot,
  slots,
  type TrafficObservation,
  type TrafficTarget,
} from '@bluegreen/contract';
import type { Effect } from './effects.js';
import type { Fact } from './events.js';
import { Hand } from './release.fixture.js';
import type { ReleaseState } from './state.js';
import { effectsFor } from './wanted-effects.js';

export type Write = Effect & { readonly kind: 'route' | 'converge' };
export type Outcome = Extract<Fact, { readonly type: 'effect-settled' }>['result'];

/** A write whose request left. It may land until `until`, whatever its caller was told. */
interface Flight {
  readonly effect: Write;
  until: number;
}

/** A router and two slots in which writes land late or never, and a journal of what was told. */
export class WalkWorld extends Hand {
  flights: Flight[] = [];
  /** What reads showed earlier; a lagging router may show it again. */
  protected readonly shown: TrafficObservation[] = [];
  foreign = false;
  open: Record<Slot, number> = { blue: 0, green: 0 };
  afterRestart: TrafficTarget | null = null;
  /** Whether somebody edited the router since it was last read. */
  isEditedUnread = false;
  readonly trace: string[] = [];
  onFact: (before: ReleaseState, fact: Fact, after: ReleaseState) => void = () => {};

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

  protected readRouter(): void {
    const observation = this.observation();
    this.shown.push(observation);
    this.isEditedUnread = false;
    this.tell({ type: 'routing-observed', service: 'web', observation });
  }

  /** Ends what nobody wants any more; such a write may still land. */
  abandon(): void {
    const wanted = new Set(effectsFor(this.state).map(({ key }) => key));
    for (const key of runningKeys(this.state)) {
      if (wanted.has(key)) continue;
      const code = 'adapter/no-answer';
      this.endWrite(key, { outcome: 'failed', reaction: 'read-back', code, message: 'no longer wanted' });
    }
  }

  protected endWrite(key: string, result: Outcome): void {
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

  protected start(effect: Write): void {
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

  protected landOne(flight: Flight): boolean {
    this.flights = this.flights.filter((other) => other !== flight);
    if (!this.isTaken(flight)) return false;
    this.land(flight.effect);
    return true;
  }

  override takeOver(absentMs: number): ReleaseState {
    for (const flight of this.flights) {
      flight.until = Math.min(flight.until, this.at + absentMs + this.lateWriteMs(flight.effect));
    }
    return super.takeOver(absentMs);
  }
}

export const refused: Outcome = {
  outcome: 'failed',
  reaction: 'recompute',
  code: 'fake/changed',
  message: 'it changed',
};

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
