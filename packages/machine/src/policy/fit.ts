import {
  type AudienceMatch,
  type EnvironmentCapabilities,
  type Finding,
  mayReach,
  printDuration,
  slots,
  type TrafficCapabilities,
  type TrafficObservation,
} from '@bluegreen/contract';
import type { CompiledPolicy } from '../compiled-policy.js';
import { type Path, type PolicyCode, type Problem, toFinding } from './problem.js';

/** One service of a release, with what its adapters say that they can do. */
export interface FitService {
  readonly traffic: { readonly name: string; readonly capabilities: TrafficCapabilities };
  readonly environment: { readonly name: string; readonly capabilities: EnvironmentCapabilities };
  /** The last read of the router. Without it nobody can say what a restarted router would serve. */
  readonly observed?: TrafficObservation;
}

/** Below this, a split of connections is mostly chance. Assumed, not measured. */
const smallPercent = 10;

/**
 * What a policy needs and the adapters of a release can't promise. A `refuse` would fail or harm users later; a `warn` works,
 * but weaker than it looks; a `note` is good to know. Each names its service; the codes are `policy/capability-…`.
 */
export function checkFit(policy: CompiledPolicy, services: Readonly<Record<string, FitService>>): readonly Finding[] {
  const problems = Object.entries(services).flatMap(([name, service]) =>
    [
      ...checkWeights(policy, service),
      ...checkPeople(policy, service),
      ...checkMirror(policy, service),
      ...checkCapacity(policy, service),
      ...checkTending(policy, service),
      ...checkFencing(service),
      ...checkAfterRestart(policy, service),
      ...checkPreview(policy, service),
    ].map((problem) => ({ ...problem, service: name })),
  );
  return [...problems, ...weakestFencing(services)].map(toFinding);
}

type Severity = Problem['severity'];

function found(severity: Severity, code: PolicyCode, path: Path, detail: string): Problem {
  return { severity, code, path, detail };
}

function checkWeights({ shift }: CompiledPolicy, { traffic }: FitService): readonly Problem[] {
  const { weightStepPercent, weightErrorPercent, splitUnit } = traffic.capabilities;
  const problems: Problem[] = [];
  let before = 0;
  for (const [index, { percent, raise }] of shift.entries()) {
    if (raise !== undefined && !isMultiple(raise.percent, weightStepPercent)) {
      const detail = `${raise.percent} with ${traffic.name}, which goes in steps of ${weightStepPercent}`;
      problems.push(found('refuse', 'policy/capability-weight-step', ['shift', index, 'raise', 'to'], detail));
    }
    // An audience step has the percent of the step before, which was looked at there.
    if (percent === before) continue;
    before = percent;
    const path = ['shift', index, 'to'];
    if (!isMultiple(percent, weightStepPercent)) {
      const detail = `${percent} with ${traffic.name}, which goes in steps of ${weightStepPercent}`;
      problems.push(found('refuse', 'policy/capability-weight-step', path, detail));
    } else if (percent < 100 && percent <= weightErrorPercent) {
      const detail = `${percent} with ${traffic.name}, which may be off by ${weightErrorPercent}`;
      problems.push(found('warn', 'policy/capability-weight-error', path, detail));
    } else if (splitUnit === 'connection' && percent < smallPercent) {
      problems.push(found('warn', 'policy/capability-split-unit', path, `${percent} with ${traffic.name}`));
    }
  }
  return problems;
}

function isMultiple(percent: number, stepPercent: number): boolean {
  return Math.round(percent * 10) % Math.round(stepPercent * 10) === 0;
}

function checkPeople({ audiences, shift, cohort }: CompiledPolicy, { traffic }: FitService): readonly Problem[] {
  const { audiences: kinds, cohorts } = traffic.capabilities;
  const used = new Set(shift.flatMap((step) => step.audiences));
  const problems = [...used].flatMap((name) => {
    const kind = kindOf(audiences[name]!);
    if (kinds.includes(kind)) return [];
    const offered = kinds.length === 0 ? 'no audience' : kinds.join(', ');
    return [
      found('refuse', 'policy/capability-audience', ['audiences', name], `${kind}; ${traffic.name} offers ${offered}`),
    ];
  });
  if (cohort === null || cohorts.includes(cohort)) return problems;
  const detail = `${cohort}; ${traffic.name} offers ${cohorts.join(', ')}`;
  return [...problems, found('refuse', 'policy/capability-cohort', ['cohort'], detail)];
}

function checkMirror({ shift }: CompiledPolicy, { traffic }: FitService): readonly Problem[] {
  if (traffic.capabilities.mirror) return [];
  return shift.flatMap(({ mirrorPercent }, index) =>
    mirrorPercent === undefined
      ? []
      : [found('refuse', 'policy/capability-mirror', ['shift', index, 'mirror'], traffic.name)],
  );
}

function kindOf(match: AudienceMatch): TrafficCapabilities['audiences'][number] {
  if ('header' in match) return 'header';
  return 'cookie' in match ? 'cookie' : 'source-range';
}

/** What the policy asks of autoscalers and workers, and whether the environment can. */
function checkTending({ prepare, workers }: CompiledPolicy, { environment }: FitService): readonly Problem[] {
  const { name, capabilities } = environment;
  const problems: Problem[] = [];
  if (prepare.autoscaling === 'freeze' && !capabilities.autoscaling) {
    problems.push(found('refuse', 'policy/capability-autoscaling', ['prepare', 'autoscaling'], name));
  }
  if (workers !== undefined && !capabilities.workers) {
    problems.push(found('refuse', 'policy/capability-workers', ['workers'], name));
  }
  if (workers === undefined && capabilities.workers) {
    problems.push(found('note', 'policy/capability-workers-doubled', ['workers'], name));
  }
  if (prepare.previewCapacity !== undefined && !capabilities.capacity) {
    problems.push(found('refuse', 'policy/capability-capacity', ['prepare', 'previewCapacity'], name));
  }
  return problems;
}

function checkCapacity({ prepare }: CompiledPolicy, { environment }: FitService): readonly Problem[] {
  const { capacity } = prepare;
  if (capacity === 'match-active' || environment.capabilities.capacity) return [];
  const detail = `${capacity} in ${environment.name}`;
  return [found('refuse', 'policy/capability-capacity', ['prepare', 'capacity'], detail)];
}

function checkFencing(service: FitService): readonly Problem[] {
  return [service.traffic, service.environment].flatMap(({ name, capabilities }) =>
    capabilities.fencing === 'none'
      ? [
          found(
            'warn',
            'policy/capability-fencing',
            [],
            `${name}: a takeover waits ${printDuration(capabilities.lateWriteMs)}`,
          ),
        ]
      : [],
  );
}

/** Rule 4: the release is fenced no better than its weakest resource. */
function weakestFencing(services: Readonly<Record<string, FitService>>): readonly Problem[] {
  const resources = Object.entries(services).flatMap(([service, { traffic, environment }]) =>
    [traffic, environment].map(({ name, capabilities: { fencing } }) => ({ service, name, fencing })),
  );
  for (const weakest of ['none', 'checked'] as const) {
    const names = resources
      .filter(({ fencing }) => fencing === weakest)
      .map(({ service, name }) => `${name} of ${service}`);
    if (names.length === 0) continue;
    return [found('note', 'policy/capability-fencing-weakest', [], `${weakest}: ${names.join(', ')}`)];
  }
  return [];
}

/**
 * Rule 6: a slot that a restarted router would serve can't be retired. An adapter that does not remember the fallback can't
 * move it either; `keep` is all that is left where the router is seen to have one of its own.
 */
function checkAfterRestart({ retire }: CompiledPolicy, { traffic, observed }: FitService): readonly Problem[] {
  if (retire.after === 'keep' || traffic.capabilities.remembers.includes('fallback')) return [];
  const path = ['retire', 'after'];
  if (observed === undefined) return [found('note', 'policy/capability-fallback', path, traffic.name)];
  const { routing, afterRestart } = observed;
  if (afterRestart === undefined) return [];
  const returning = slots.filter((slot) => mayReach(afterRestart, slot) && !mayReach(routing, slot));
  if (returning.length === 0) return [found('note', 'policy/capability-fallback', path, traffic.name)];
  const detail = `${traffic.name} would serve ${returning.join(' and ')} again`;
  return [found('refuse', 'policy/capability-after-restart', path, detail)];
}

function checkPreview({ verify }: CompiledPolicy, { traffic }: FitService): readonly Problem[] {
  if (traffic.capabilities.preview || !verify.gates.some(({ kind }) => kind === 'check')) return [];
  return [found('note', 'policy/capability-preview', ['verify', 'gates'], traffic.name)];
}
