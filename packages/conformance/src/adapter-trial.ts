import { type Clock, type Fence, type Reaction, systemClock, type WriteCall } from '@bluegreen/contract';
import type { AdapterBench } from './adapter-bench.js';
import type { Attempt } from './patience.js';
import { reactionOf } from './reaction-of.js';
import { broken, type Size } from './rule.js';
import { describeError } from './run-rule.js';

/** What every adapter has. */
interface Fenced {
  readonly capabilities: { readonly fencing: 'enforced' | 'checked' | 'none' };
  dispose?(): Promise<void>;
}

/** What a write names besides its target; the rest is what a healthy owner would say. */
export interface CallGiven {
  readonly fence?: Fence;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** One adapter on one fresh bench, and whoever owns it now. The calls that rules are made of differ by kind. */
export abstract class AdapterTrial<
  Adapter extends Fenced,
  Harness extends object,
  Bench extends AdapterBench<Adapter, Harness>,
> {
  readonly adapter: Adapter;
  readonly bench: Bench;
  readonly clock: Clock;
  readonly size: Size;
  readonly abortMs: number;
  #epoch = 0;
  #sequence = 0;

  constructor(bench: Bench, size: Size) {
    this.bench = bench;
    this.adapter = bench.open();
    this.clock = bench.clock ?? systemClock();
    this.size = size;
    this.abortMs = bench.abortMs ?? 1_000;
  }

  get capabilities(): Adapter['capabilities'] {
    return this.adapter.capabilities;
  }

  get harness(): Harness {
    return this.bench.harness ?? ({} as Harness);
  }

  get isStamped(): boolean {
    return this.capabilities.fencing !== 'none';
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The fence of the next write of this owner. */
  nextFence(): Fence {
    this.#sequence += 1;
    return { epoch: this.#epoch, sequence: this.#sequence };
  }

  /** A higher epoch takes over: what comes next is written by it. */
  nextOwner(): void {
    this.#epoch += 1;
    this.#sequence = 0;
  }

  /** Takes over from whoever wrote last. */
  protected follow(stamps: readonly (Fence | undefined)[]): void {
    this.#epoch = Math.max(0, ...stamps.map((stamp) => stamp?.epoch ?? 0)) + 2;
    this.#sequence = 0;
  }

  protected writeCall({ signal, key, fence = this.nextFence() }: CallGiven): WriteCall {
    return {
      signal: signal ?? new AbortController().signal,
      idempotencyKey: key ?? `conformance/${fence.epoch}.${fence.sequence}`,
      fence,
    };
  }

  /** Ends the rule unless the write was refused, and as it has to be. */
  protected demandRefusal(
    what: string,
    { error }: Attempt<void>,
    reaction: Reaction | undefined,
    now: () => string,
  ): void {
    if (error === null) broken(`${what} was taken; now: ${now()}`);
    if (reaction === undefined || reactionOf(error) === reaction) return;
    broken(`${what} must be refused as \`${reaction}\`, but was as \`${reactionOf(error)}\`: ${describeError(error)}`);
  }
}
