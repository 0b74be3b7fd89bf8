import { durationMs } from '@bluegreen/contract';
import { policyDefaults } from './defaults.js';
import type { Path } from './problem.js';
import type { LoosePolicy } from './shape-check.js';

export type LooseGate = NonNullable<NonNullable<NonNullable<LoosePolicy['bake']>['gates']>[number]>;

/** Somewhere in a policy where gates stand: `verify`, one step, or `bake`. */
export interface Place {
  readonly kind: 'verify' | 'step' | 'bake';
  readonly path: Path;
  /** How long the release stays here at least. */
  readonly holdMs: number;
  readonly gates: readonly { readonly gate: LooseGate; readonly path: Path }[];
}

/** Every place of a policy, in the order in which a release comes through them. */
export function placesOf({ verify, shift, bake }: LoosePolicy): readonly Place[] {
  const place = (
    kind: Place['kind'],
    path: Path,
    holdMs: number,
    gates: readonly (LooseGate | undefined)[] = [],
  ): Place => ({
    kind,
    path,
    holdMs,
    gates: gates.flatMap((gate, index) => (gate === undefined ? [] : [{ gate, path: [...path, 'gates', index] }])),
  });
  return [
    ...(verify === undefined ? [] : [place('verify', ['verify'], 0, verify.gates)]),
    ...(shift ?? []).flatMap((step, index) =>
      step === undefined ? [] : [place('step', ['shift', index], looseMs(step.hold) ?? 0, step.gates)],
    ),
    ...(bake === undefined ? [] : [place('bake', ['bake'], looseMs(bake.for) ?? 0, bake.gates)]),
  ];
}

/** What the gate is called, which is the last part of its id; `null` where nobody can tell. */
export function gateName(gate: LooseGate): string | null {
  const named = gate.check ?? gate.approval ?? gate.analysis ?? gate.webhook;
  if (named !== undefined) return named;
  return gate.wait === undefined ? null : (gate.name ?? policyDefaults.wait.name);
}

/** Milliseconds of a duration that has passed the schema. */
export function looseMs(text: string | undefined): number | null {
  return text === undefined ? null : durationMs(text);
}
