import type { EnvironmentTarget, Fence, Slot, TrafficTarget } from '@bluegreen/contract';
import type { CompiledAnalysis, CompiledGate } from './compiled-policy.js';
import type { HookMoment } from './state.js';

interface EffectBase {
  /** The same key means the same work: reconcile starts what is new and aborts what is gone, by key. */
  readonly key: string;
  /** Until then the effect waits. */
  readonly notBefore: number;
}

/** A read or a measurement: done again, `everyMs` after it ended, for as long as it is wanted. */
interface Repeated extends EffectBase {
  readonly everyMs: number;
}

/** What the machine wants done now. Derived from the state alone, so a recovered process wants the same. */
export type Effect =
  | (Repeated & { readonly kind: 'observe-routing'; readonly service: string })
  | (Repeated & { readonly kind: 'observe-environment'; readonly service: string; readonly slot: Slot })
  | (EffectBase & {
      readonly kind: 'route';
      readonly service: string;
      readonly target: TrafficTarget;
      readonly expected: { readonly revision: string };
      readonly fence: Fence;
    })
  | (EffectBase & {
      readonly kind: 'converge';
      readonly service: string;
      /** The same for every attempt at one goal. */
      readonly idempotencyKey: string;
      readonly target: EnvironmentTarget;
      readonly fence: Fence;
    })
  | (Repeated & {
      readonly kind: 'judge';
      readonly gate: CompiledGate & { readonly kind: 'check' | 'analysis' | 'webhook' };
      readonly attempt: number;
      /** When the gate opened: nothing older is evidence. */
      readonly openedAt: number;
      readonly analysis: CompiledAnalysis | null;
      /** When the gate gives up; `null` for a guardrail, which never does. */
      readonly dueAt: number | null;
      /** What is judged, per service. */
      readonly subjects: Readonly<Record<string, JudgedService>>;
    })
  | (EffectBase & {
      readonly kind: 'hook';
      /** As in the state. */
      readonly hook: string;
      readonly moment: HookMoment;
      readonly name: string;
      readonly attempt: number;
      /** The same for every attempt, and after a crash. */
      readonly idempotencyKey: string;
      readonly subjects: Readonly<Record<string, JudgedService>>;
    });

/** What a hook is run for. */
export type HookEffect = Effect & { readonly kind: 'hook' };

export interface JudgedService {
  readonly version: string;
  readonly candidate: Slot;
  readonly active: Slot | null;
  /** Where the candidate itself answers, when its environment says. */
  readonly url: string | null;
  /** Whether the candidate is to serve everybody: then there is nothing to compare it with. */
  readonly isAlone: boolean;
  /** The share of the requests that it shall have, once it is in place; `null` where requests are not what is shared out. */
  readonly split: JudgedSplit | null;
  /** When it got its first users in this release; `null`: it has none yet. */
  readonly exposedAt: number | null;
}

export interface JudgedSplit {
  readonly percent: number;
  /** How far the real share may lie from it. */
  readonly tolerancePercent: number;
  /** Since when every router uses it. */
  readonly since: number;
}
