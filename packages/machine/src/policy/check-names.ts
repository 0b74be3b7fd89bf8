import { nearestWord } from './did-you-mean.js';
import { gateName, type Place } from './places.js';
import { type Path, type PolicyCode, type Problem, printValue, refusal, warning } from './problem.js';
import { didYouMean } from './schema-parts.js';
import type { LoosePolicy, ShapeCheck } from './shape-check.js';

/** What the releaser has, by name; where nobody says, any name will do. */
export interface KnownNames {
  readonly checks?: readonly string[];
  readonly webhooks?: readonly string[];
  readonly hooks?: readonly string[];
}

/** Every name that is used is defined, and means one thing. */
export function checkNames(
  { loose, names }: ShapeCheck,
  places: readonly Place[],
  { checks, webhooks, hooks }: KnownNames,
): readonly Problem[] {
  const gates = places.flatMap((place) => place.gates);
  return [
    ...gates.flatMap(({ gate, path }) => [
      ...known('policy/unknown-analysis', gate.analysis, names.analyses, [...path, 'analysis']),
      ...known('policy/unknown-check', gate.check, checks ?? null, [...path, 'check']),
      ...known('policy/unknown-webhook', gate.webhook, webhooks ?? null, [...path, 'webhook']),
    ]),
    ...eachStep(loose, ({ audience }, path) =>
      known('policy/unknown-audience', audience, names.audiences, [...path, 'audience']),
    ),
    ...(loose.guardrails ?? []).flatMap((name, index) =>
      known('policy/unknown-analysis', name, names.analyses, ['guardrails', index]),
    ),
    ...(['afterCutover', 'onRollback'] as const).flatMap((moment) =>
      (loose.hooks?.[moment] ?? []).flatMap((name, index) =>
        known('policy/unknown-hook', name, hooks ?? null, ['hooks', moment, index]),
      ),
    ),
    ...repeatedGuardrails(loose),
    ...places.flatMap(repeatedGates),
  ];
}

/** Warns about definitions that nothing uses. */
export function checkUses({ loose }: ShapeCheck, places: readonly Place[]): readonly Problem[] {
  const gates = places.flatMap((place) => place.gates);
  const analyses = new Set([...gates.map(({ gate }) => gate.analysis), ...(loose.guardrails ?? [])]);
  const audiences = new Set((loose.shift ?? []).map((step) => step?.audience));
  return [
    ...unused('policy/analysis-unused', 'analyses', Object.keys(loose.analyses ?? {}), analyses),
    ...unused('policy/audience-unused', 'audiences', Object.keys(loose.audiences ?? {}), audiences),
  ];
}

type LooseStep = NonNullable<NonNullable<LoosePolicy['shift']>[number]>;

function eachStep(loose: LoosePolicy, visit: (step: LooseStep, path: Path) => readonly Problem[]): readonly Problem[] {
  return (loose.shift ?? []).flatMap((step, index) => (step === undefined ? [] : visit(step, ['shift', index])));
}

function known(
  code: PolicyCode,
  name: string | undefined,
  defined: readonly string[] | null,
  path: Path,
): readonly Problem[] {
  if (name === undefined || defined === null || defined.includes(name)) return [];
  const meant = nearestWord(name, defined);
  const there = defined.length === 0 ? 'none is defined' : `there are ${defined.slice(0, 20).join(', ')}`;
  return [refusal(code, path, `${printValue(name)}; ${meant === null ? there : didYouMean(meant).slice(2)}`)];
}

function repeatedGuardrails({ guardrails = [] }: LoosePolicy): readonly Problem[] {
  return guardrails.flatMap((name, index) =>
    name !== undefined && guardrails.indexOf(name) < index
      ? [refusal('policy/guardrail-repeated', ['guardrails', index], printValue(name))]
      : [],
  );
}

function repeatedGates({ gates }: Place): readonly Problem[] {
  const seen = new Set<string>();
  return gates.flatMap(({ gate, path }) => {
    const name = gateName(gate);
    if (name === null) return [];
    if (seen.has(name)) return [refusal('policy/gate-repeated', path, printValue(name))];
    seen.add(name);
    return [];
  });
}

function unused(
  code: PolicyCode,
  key: string,
  defined: readonly string[],
  used: ReadonlySet<string | undefined>,
): readonly Problem[] {
  return defined.filter((name) => !used.has(name)).map((name) => warning(code, [key, name]));
}
