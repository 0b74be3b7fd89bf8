import {
  type Audience,
  type AudienceKind,
  type AudienceMatch,
  everythingTo,
  type Fence,
  normaliseTarget,
  type Reaction,
  type Slot,
  sameTarget,
  type TrafficAdapter,
  type TrafficObservation,
  type TrafficTarget,
  weights,
} from '@bluegreen/contract';
import { AdapterTrial, type CallGiven } from '../adapter-trial.js';
import { type Attempt, attempt, until, within } from '../patience.js';
import { reactionOf } from '../reaction-of.js';
import { broken, type Size } from '../rule.js';
import { describeError } from '../run-rule.js';
import { describeObservation, describeTarget } from './describe-routing.js';
import type { TrafficBench, TrafficHarness } from './traffic-bench.js';

export interface WriteGiven extends CallGiven {
  readonly revision?: string;
  readonly adapter?: TrafficAdapter;
}

/** A call that hangs without being told to is a broken rule, not a hung suite. */
const callLimitMs = 30_000;

const exampleMatches: Readonly<Record<AudienceKind, { readonly name: string; readonly match: AudienceMatch }>> = {
  header: { name: 'testers', match: { header: 'x-testers', equals: 'yes' } },
  cookie: { name: 'friends', match: { cookie: 'friends', equals: 'yes' } },
  'source-range': { name: 'office', match: { sourceRanges: ['192.0.2.0/24'] } },
};

/** One adapter on one fresh router, and the calls that rules are made of. */
export class TrafficTrial extends AdapterTrial<TrafficAdapter, TrafficHarness, TrafficBench> {
  readonly settleMs: number;

  constructor(bench: TrafficBench, size: Size) {
    super(bench, size);
    this.settleMs = bench.settleMs ?? 5_000;
  }

  /** Green gets so much; the other parts are as in the middle of a release of green, unless told. */
  target(greenPercent: number, rest: Partial<TrafficTarget> = {}): TrafficTarget {
    const cohort = this.capabilities.cohorts[0] ?? 'per-request';
    return this.normal(
      everythingTo('blue', {
        candidate: 'green',
        cohort: cohort === 'redrawn' ? { kind: 'redrawn', salt: 'release-1' } : { kind: cohort },
        ...rest,
        weights: weights(greenPercent),
      }),
    );
  }

  /** As the runner sends it: without what this router can't give back. */
  normal(target: TrafficTarget): TrafficTarget {
    return normaliseTarget(target, this.capabilities);
  }

  audience(kind: AudienceKind, slot: Slot): Audience {
    return { ...(this.bench.audiences?.[kind] ?? exampleMatches[kind]), slot };
  }

  /** Rejects only as the adapter does; ends the rule when there is no answer at all. */
  observe(adapter = this.adapter, signal: AbortSignal = new AbortController().signal): Promise<TrafficObservation> {
    return within(this.clock, callLimitMs, 'observe', adapter.observe({ signal }));
  }

  /** One write. Reads the revision first unless told which one to expect. */
  async write(target: TrafficTarget, given: WriteGiven = {}): Promise<Attempt<void>> {
    const revision = given.revision ?? (await this.observe(given.adapter)).revision;
    const call = this.writeCall(given);
    const adapter = given.adapter ?? this.adapter;
    return within(
      this.clock,
      callLimitMs,
      'route',
      attempt(() => adapter.route(target, { revision }, call)),
    );
  }

  /** A write that has to work, also where the provider asks for another look first. Answers the read that shows it. */
  async settle(target: TrafficTarget, given: WriteGiven = {}): Promise<TrafficObservation> {
    let last: unknown = null;
    for (let round = 0; round < 5; round += 1) {
      const fence = given.fence ?? this.nextFence();
      const { error } = await this.write(target, { ...given, fence });
      if (error === null || reactionOf(error) === 'read-back') return this.shows(target, fence);
      if (reactionOf(error) !== 'recompute' && reactionOf(error) !== 'retry') {
        return broken(`a write of ${describeTarget(target)} was refused: ${describeError(error)}`);
      }
      last = error;
    }
    return broken(`five writes of ${describeTarget(target)} in a row were refused: ${describeError(last)}`);
  }

  /** Waits for the read that shows all of a target under its stamp. */
  async shows(target: TrafficTarget, fence: Fence): Promise<TrafficObservation> {
    let seen: TrafficObservation | null = null;
    const shown = await this.until(async () => {
      seen = await this.observe();
      return this.isShown(seen, target, fence) ? seen : null;
    });
    const stamp = this.isStamped ? ` stamped ${fence.epoch}.${fence.sequence}` : '';
    return (
      shown ?? broken(`${describeTarget(target)}${stamp} was written; read back was ${describeObservation(seen!)}`)
    );
  }

  isShown({ routing, fence: stamp }: TrafficObservation, target: TrafficTarget, fence: Fence): boolean {
    if (routing.kind !== 'split') return false;
    if (!sameTarget(normaliseTarget(routing.target, this.capabilities), this.normal(target))) return false;
    return !this.isStamped || (stamp?.epoch === fence.epoch && stamp.sequence === fence.sequence);
  }

  until<T>(look: () => Promise<T | null>): Promise<T | null> {
    return until({ clock: this.clock, limitMs: this.settleMs, pollMs: 20 }, look);
  }

  /** Looks who wrote last, takes over from them, and sends everything to blue. */
  async begin(): Promise<TrafficObservation> {
    this.follow([(await this.observe()).fence]);
    return this.settle(this.target(0, { candidate: null }));
  }

  /** The write must be refused with this reaction (any, unless told), and nothing may have changed by it. */
  async refused(what: string, target: TrafficTarget, given: WriteGiven, reaction?: Reaction): Promise<void> {
    const before = await this.observe();
    const refusal = await this.write(target, { revision: before.revision, ...given });
    const after = await this.observe();
    this.demandRefusal(what, refusal, reaction, () => describeObservation(after));
    this.unchanged(what, before, after);
  }

  unchanged(what: string, before: TrafficObservation, after: TrafficObservation): void {
    if (this.print(before) === this.print(after)) return;
    broken(`${what} changed something: ${describeObservation(before)} became ${describeObservation(after)}`);
  }

  /** What must be the same as long as nobody writes. */
  print({ routing, revision, fence }: TrafficObservation): string {
    const normal =
      routing.kind === 'split' ? describeTarget(normaliseTarget(routing.target, this.capabilities)) : routing.kind;
    return JSON.stringify([normal, revision, fence ?? null]);
  }
}
