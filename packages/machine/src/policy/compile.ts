import { type AudienceMatch, durationMs } from '@bluegreen/contract';
import type {
  CompiledAnalysis,
  CompiledGate,
  CompiledLimits,
  CompiledPolicy,
  CompiledStep,
  CompiledWindows,
} from '../compiled-policy.js';
import { policyDefaults } from './defaults.js';
import type {
  AudiencePolicy,
  ErrorRatioPolicy,
  GatePolicy,
  LatencyPolicy,
  LimitsPolicy,
  Policy,
  RetirePolicy,
  ThresholdPolicy,
  WindowsPolicy,
} from './policy.js';

/** Fills in every default and turns every duration into milliseconds. `policy` has passed every check. */
export function compileChecked(policy: Policy): CompiledPolicy {
  const { prepare, verify, bake, guardrails = [] } = policy;
  return {
    audiences: mapValues(policy.audiences ?? {}, compileAudience),
    analyses: compileAnalyses(policy),
    cohort: policy.cohort ?? null,
    prepare: {
      readyWithinMs: durationMs(prepare?.readyWithin ?? policyDefaults.prepare.readyWithin),
      capacity: prepare?.capacity ?? policyDefaults.prepare.capacity,
      ...(prepare?.previewCapacity === undefined ? {} : { previewCapacity: prepare.previewCapacity }),
      autoscaling: prepare?.autoscaling ?? policyDefaults.prepare.autoscaling,
      parity: prepare?.parity ?? policyDefaults.prepare.parity,
    },
    verify: { gates: compileGates('verify', verify?.gates) },
    shift: compileSteps(policy.shift),
    guardrails: guardrails.map((analysis) => compileGate('guardrail', { analysis })),
    bake: {
      forMs: bake === undefined ? 0 : durationMs(bake.for),
      gates: compileGates('bake', bake?.gates),
    },
    retire: compileRetire(policy.retire ?? {}),
    limits: compileLimits(policy.limits ?? {}),
    ...(policy.workers === undefined ? {} : { workers: { ...policyDefaults.workers, ...policy.workers } }),
    ...(policy.hooks === undefined ? {} : { hooks: compileHooks(policy.hooks) }),
    ...(policy.windows === undefined ? {} : { windows: compileWindows(policy.windows) }),
  };
}

/** An audience step keeps the percent reached so far; audiences stay on until everybody is there. */
function compileSteps(steps: Policy['shift']): readonly CompiledStep[] {
  let percent = 0;
  let audiences: readonly string[] = [];
  return steps.map((step, index) => {
    if (step.audience !== undefined) audiences = [...audiences, step.audience];
    else if (step.to !== undefined) percent = step.to;
    if (percent === 100) audiences = [];
    const { raise } = step;
    return {
      percent,
      ...(step.mirror === undefined ? {} : { mirrorPercent: step.mirror }),
      audiences,
      holdMs: step.hold === undefined ? 0 : durationMs(step.hold),
      gates: compileGates(`shift[${index}]`, step.gates),
      ...(raise === undefined
        ? {}
        : { raise: { percent: raise.to, everyMs: durationMs(raise.every ?? policyDefaults.raise.every) } }),
    };
  });
}

function compileGates(place: string, gates: readonly GatePolicy[] = []): readonly CompiledGate[] {
  return gates.map((gate) => compileGate(place, gate));
}

function compileGate(place: string, gate: GatePolicy): CompiledGate {
  const base = (name: string, { onFailure, dryRun }: Decision = {}) => ({
    id: `${place}/${name}`,
    name,
    onFailure: onFailure ?? policyDefaults.gate.onFailure,
    dryRun: dryRun ?? policyDefaults.gate.dryRun,
  });
  if (gate.approval !== undefined) {
    const { approval, from, expires, onExpiry } = gate;
    const { count, byRequester } = { ...policyDefaults.approval, ...gate };
    const who = { from: [...from], count, byRequester };
    return { kind: 'approval', ...base(approval), ...who, expiresMs: durationMs(expires), onExpiry };
  }
  if (gate.webhook !== undefined) {
    const { timeout, attempts, expires } = { ...policyDefaults.webhook, ...gate };
    const asked = { timeoutMs: durationMs(timeout), attempts, expiresMs: durationMs(expires) };
    return { kind: 'webhook', ...base(gate.webhook, gate), ...asked };
  }
  if (gate.wait !== undefined) {
    return { kind: 'wait', ...base(gate.name ?? policyDefaults.wait.name), waitMs: durationMs(gate.wait) };
  }
  if (gate.analysis !== undefined) return { kind: 'analysis', ...base(gate.analysis, gate), analysis: gate.analysis };
  const { timeout = policyDefaults.check.timeout, attempts = policyDefaults.check.attempts } = gate;
  return { kind: 'check', ...base(gate.check, gate), timeoutMs: durationMs(timeout), attempts };
}

interface Decision {
  readonly onFailure?: 'rollback' | 'pause';
  readonly dryRun?: boolean;
}

function compileAudience(audience: AudiencePolicy): AudienceMatch {
  if (audience.header !== undefined) return { header: audience.header, equals: audience.equals };
  if (audience.cookie !== undefined) return { cookie: audience.cookie, equals: audience.equals };
  return { sourceRanges: [...audience.sourceRanges] };
}

function compileAnalyses(policy: Policy): Record<string, CompiledAnalysis> {
  const falseFail = policy.limits?.falseFail ?? policyDefaults.limits.falseFail;
  const failBudget = falseFail / Math.max(1, comparingGates(policy));
  return mapValues(policy.analyses ?? {}, (analysis) =>
    analysis.kind === 'threshold' ? compileThreshold(analysis) : compileComparison(analysis, failBudget),
  );
}

/** How many gates and guardrails compare with the active slot and can fail the release: they share one chance to be wrong. */
function comparingGates({ analyses = {}, verify, shift, bake, guardrails = [] }: Policy): number {
  const gates = [verify?.gates, ...shift.map((step) => step.gates), bake?.gates].flatMap((each) => each ?? []);
  const deciding = gates.flatMap((gate) =>
    gate.analysis === undefined || gate.dryRun === true ? [] : [gate.analysis],
  );
  return [...deciding, ...guardrails].filter((name) => analyses[name]?.kind !== 'threshold').length;
}

function compileComparison(analysis: ErrorRatioPolicy | LatencyPolicy, failBudget: number): CompiledAnalysis {
  const kindly = analysis.kind === 'latency' ? policyDefaults.latency : policyDefaults.errorRatio;
  const { minSamples, minTime, falsePass, every } = { ...policyDefaults.compared, ...kindly, ...analysis };
  const shared = {
    failBudget,
    passBudget: falsePass,
    minSamples,
    minTimeMs: durationMs(minTime),
    everyMs: durationMs(every),
  };
  if (analysis.kind === 'latency') {
    const { quantiles, maxSlowdown, warmUp = policyDefaults.latency.warmUp } = analysis;
    return { kind: 'latency', quantiles: [...quantiles], maxSlowdown, warmUpMs: durationMs(warmUp), ...shared };
  }
  const { maxRatio, maxRate, failAbove = policyDefaults.errorRatio.failAbove } = analysis;
  return {
    kind: 'error-ratio',
    maxRatio,
    failAbove,
    maxRate,
    harmlessRate: analysis.harmlessRate ?? maxRate / harmlessDivisor,
    ...shared,
  };
}

const harmlessDivisor = 10;

/** A window shorter than the default rhythm is measured once per window. */
function compileThreshold({ kind, maxRate, window, minSamples, every }: ThresholdPolicy): CompiledAnalysis {
  const windowMs = durationMs(window);
  const everyMs =
    every === undefined ? Math.min(durationMs(policyDefaults.analysis.every), windowMs) : durationMs(every);
  return { kind, maxRate, windowMs, minSamples, everyMs };
}

function compileRetire({ after, candidate, drain }: RetirePolicy): CompiledPolicy['retire'] {
  const kept = after ?? policyDefaults.retire.after;
  return {
    after: kept === 'keep' ? 'keep' : kept === 'immediately' ? 0 : durationMs(kept),
    candidate: candidate ?? policyDefaults.retire.candidate,
    drainMs: durationMs(drain ?? policyDefaults.retire.drain),
  };
}

function compileHooks({
  afterCutover = [],
  onRollback = [],
}: NonNullable<Policy['hooks']>): NonNullable<CompiledPolicy['hooks']> {
  return { afterCutover: [...afterCutover], onRollback: [...onRollback] };
}

const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function compileWindows({ timeZone, open, frozen = [] }: WindowsPolicy): CompiledWindows {
  const always = [{ days: everyDay, fromMinute: 0, untilMinute: 1440 }];
  return {
    timeZone,
    open:
      open?.map(({ days, from, to }) => ({ days: [...days], fromMinute: minuteOf(from), untilMinute: minuteOf(to) })) ??
      always,
    frozen: frozen.map(({ from, to }) => ({ from, until: to })),
  };
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function compileLimits(limits: LimitsPolicy): CompiledLimits {
  const { total, call, settle, decide, attempts, poll } = { ...policyDefaults.limits, ...limits };
  return {
    totalMs: durationMs(total),
    callMs: durationMs(call),
    settleMs: durationMs(settle),
    decideMs: durationMs(decide),
    attempts,
    pollMs: durationMs(poll),
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
