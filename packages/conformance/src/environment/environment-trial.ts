import {
  type EnvironmentAdapter,
  type EnvironmentObservation,
  type EnvironmentTarget,
  printStamp,
  type Reaction,
  type Slot,
} from '@bluegreen/contract';
import { AdapterTrial, type CallGiven } from '../adapter-trial.js';
import { type Attempt, attempt, until, within } from '../patience.js';
import { reactionOf } from '../reaction-of.js';
import { broken, type Size } from '../rule.js';
import { describeError } from '../run-rule.js';
import type { EnvironmentBench, EnvironmentHarness } from './environment-bench.js';

export interface ConvergeGiven extends CallGiven {
  readonly adapter?: EnvironmentAdapter;
  readonly confirm?: () => Promise<void>;
}

const callLimitMs = 60_000;

/** One adapter on two fresh slots, and the calls that rules are made of. */
export class EnvironmentTrial extends AdapterTrial<EnvironmentAdapter, EnvironmentHarness, EnvironmentBench> {
  readonly instances: number;
  #releases = 0;

  constructor(bench: EnvironmentBench, size: Size) {
    super(bench, size);
    this.instances = bench.instances ?? 2;
  }

  /** What shall run in a slot. Without more: a release of its own that puts this version there. */
  target(slot: Slot, version: string, rest: Partial<EnvironmentTarget> = {}): EnvironmentTarget {
    this.#releases += 1;
    const release = { id: `release-${this.#releases}`, version };
    return { slot, release, atLeast: this.instances, autoscaling: 'free', workers: 'idle', ...rest };
  }

  /** The same slot as it is, at least as large. */
  unchanged(slot: Slot, rest: Partial<EnvironmentTarget> = {}): EnvironmentTarget {
    return this.target(slot, '', { release: 'unchanged', ...rest });
  }

  retired(slot: Slot): EnvironmentTarget {
    return this.target(slot, '', { release: null, atLeast: 0 });
  }

  observe(
    slot: Slot,
    adapter = this.adapter,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<EnvironmentObservation> {
    return within(this.clock, callLimitMs, 'observe', adapter.observe(slot, { signal }));
  }

  async converge(target: EnvironmentTarget, given: ConvergeGiven = {}): Promise<Attempt<void>> {
    const call = { ...this.writeCall(given), confirm: given.confirm ?? (async () => undefined) };
    const adapter = given.adapter ?? this.adapter;
    return within(
      this.clock,
      callLimitMs,
      'converge',
      attempt(() => adapter.converge(target, call)),
    );
  }

  /** A write that has to work. Answers the read that shows it done: ready, or empty. */
  async settle(target: EnvironmentTarget, given: ConvergeGiven = {}): Promise<EnvironmentObservation> {
    const what = describeEnvironmentTarget(target);
    for (let round = 0; ; round += 1) {
      const { error } = await this.converge(target, given);
      if (error === null || reactionOf(error) === 'read-back') break;
      const again = ['recompute', 'retry'].includes(reactionOf(error)) && given.fence === undefined;
      if (!again || round === 4) broken(`${what} was refused: ${describeError(error)}`);
    }
    let seen: EnvironmentObservation | null = null;
    const shown = await this.until(async () => {
      seen = await this.observe(target.slot);
      return isDone(target, seen) ? seen : null;
    });
    return shown ?? broken(`${what} was accepted; read back was ${describeEnvironment(seen!)}`);
  }

  until<T>(look: () => Promise<T | null>): Promise<T | null> {
    return until({ clock: this.clock, limitMs: this.bench.readyMs ?? 30_000, pollMs: 50 }, look);
  }

  /** Takes over from whoever wrote last, and deploys the first version to blue. */
  async begin(): Promise<EnvironmentObservation> {
    this.follow([(await this.observe('blue')).fence, (await this.observe('green')).fence]);
    return this.settle(this.target('blue', this.bench.versions.good[0]));
  }

  /** The write must be refused with this reaction (any, unless told), and nothing may have changed by it. */
  async refused(what: string, target: EnvironmentTarget, given: ConvergeGiven, reaction?: Reaction): Promise<void> {
    const before = await this.observe(target.slot);
    const refusal = await this.converge(target, given);
    const after = await this.observe(target.slot);
    this.demandRefusal(what, refusal, reaction, () => describeEnvironment(after));
    this.same(what, before, after);
  }

  /** Compares what was decided, not how far it has come: instances may get ready meanwhile. */
  same(what: string, before: EnvironmentObservation, after: EnvironmentObservation): void {
    const [left, right] = [printDecided(before), printDecided(after)];
    if (left !== right || after.ready < before.ready) {
      broken(`${what} changed something: ${describeEnvironment(before)} became ${describeEnvironment(after)}`);
    }
  }
}

function isDone({ release, atLeast }: EnvironmentTarget, seen: EnvironmentObservation): boolean {
  if (release === null) return seen.version === null && seen.desired === 0 && seen.ready === 0;
  const enough = seen.ready >= Math.min(1, atLeast) && seen.ready >= seen.desired;
  if (release === 'unchanged') return enough;
  const isThis = seen.releaseId === undefined || seen.releaseId === release.id;
  return enough && isThis && seen.version === release.version;
}

function printDecided({
  version,
  releaseId,
  fence,
  desired,
  autoscaling,
  workers,
  spec,
}: EnvironmentObservation): string {
  return JSON.stringify([version, releaseId, fence, desired, autoscaling, workers, spec]);
}

export function describeEnvironmentTarget({ slot, release, atLeast }: EnvironmentTarget): string {
  if (release === null) return `retiring ${slot}`;
  const what = release === 'unchanged' ? 'what runs there' : `${release.version} as ${release.id}`;
  return `${what} in ${slot}, at least ${atLeast}`;
}

/** A read in one line. */
export function describeEnvironment(seen: EnvironmentObservation): string {
  const release = seen.releaseId === undefined ? '' : ` of ${seen.releaseId}`;
  const stamp = seen.fence === undefined ? '' : `, stamp ${printStamp(seen.fence)}`;
  const why = seen.whyNotReady === undefined ? '' : ` (${seen.whyNotReady})`;
  const more = [seen.autoscaling, seen.workers && `workers ${seen.workers}`].filter(Boolean).join(', ');
  const tail = more === '' ? '' : `, ${more}`;
  return `${seen.version ?? 'nothing'}${release}, ${seen.ready} of ${seen.desired} ready${why}${tail}${stamp}`;
}
