import { type Finding, printDuration, type Slot, soleSlot, type TrafficObservation } from '@bluegreen/contract';
import type { CompiledGate, CompiledPolicy, Opening, PlannedService, ReleasePlan } from '@bluegreen/machine';
import { mixedShare, shiftOrder, skewOf } from './mixed-versions.js';
import { type ExpectedTraffic, gateFindings, type PlannedGate, planGates } from './plan-gates.js';
import type { PreparedRelease } from './prepare-release.js';

/** What a release would do, and what its adapters cannot promise. */
export interface ReleasePlanReport {
  readonly services: readonly PlannedRouting[];
  readonly steps: readonly PlannedStep[];
  /** Without what nobody can know: deployment, approvals, retries. */
  readonly duration: { readonly atLeastMs: number; readonly atMostMs: number };
  /** From where on the old version can't come back at once. */
  readonly pointsOfNoReturn: readonly string[];
  /** Time during which both slots run, at least. */
  readonly doubleRunningMs: number | 'for ever';
  /** How surely an older owner is kept from writing, by its weakest router. */
  readonly weakestFencing: 'enforced' | 'checked' | 'none';
  /** The services in the order in which each step shifts them; those of one row go together. */
  readonly order: readonly (readonly string[])[];
  /**
   * Routers can't change at one instant: for how long, per shift, some services are at the new step and others are not.
   * `atLeastMs` is propagation alone, `atMostMs` one call of `limits.call` and one read of `limits.poll` for each besides.
   */
  readonly skew: { readonly atLeastMs: number; readonly atMostMs: number };
  /** When it may shift forward, the next ones; absent: at any time. */
  readonly openings?: readonly Opening[];
  /** What the comparing gates can decide at the traffic that was given; empty without one. */
  readonly gates: readonly PlannedGate[];
  /** What was filled in where the policy says nothing, and everything it says. */
  readonly policy: CompiledPolicy;
  /** A release with a `refuse` among them does not start. */
  readonly findings: readonly Finding[];
}

export interface PlannedRouting {
  readonly name: string;
  readonly version: string;
  /** `null`: a first deployment. */
  readonly active: Slot | null;
  readonly candidate: Slot;
  readonly adapters: { readonly traffic: string; readonly environment: string };
}

export interface PlannedStep {
  readonly phase: 'prepare' | 'verify' | 'shift' | 'bake' | 'retire';
  /** What happens, in words. */
  readonly does: string;
  readonly holdMs: number;
  readonly gates: readonly string[];
  /**
   * The share of requests through all services of the release, 0 to 1, that meet old and new versions while the step
   * holds; only with several services and a cohort that is drawn anew for each of them.
   */
  readonly mixedShare?: number;
}

export function reportPlan({ plan, findings, routing }: PreparedRelease, traffic?: ExpectedTraffic): ReleasePlanReport {
  const gates = traffic === undefined ? [] : planGates(plan.policy, traffic);
  const { policy } = plan;
  const services = Object.entries(plan.services);
  const holdsMs = policy.shift.reduce((sum, { holdMs }) => sum + holdMs, 0);
  const watchedMs = holdsMs + policy.bake.forMs;
  const capabilities = services.map(([, { traffic }]) => traffic.capabilities);
  const { after } = policy.retire;
  const order = shiftOrder(plan);
  return {
    services: services.map(([name, service]) => plannedRouting(name, service, routing[name]!)),
    steps: plannedSteps(plan),
    duration: { atLeastMs: watchedMs, atMostMs: policy.limits.totalMs },
    pointsOfNoReturn: pointsOfNoReturn(plan),
    doubleRunningMs: after === 'keep' ? 'for ever' : watchedMs + after,
    weakestFencing: weakest(capabilities.map(({ fencing }) => fencing)),
    order,
    skew: skewOf(plan, order),
    ...(plan.openings === undefined ? {} : { openings: plan.openings.slice(0, 10) }),
    gates,
    policy,
    findings: [...findings, ...gateFindings(gates)],
  };
}

function pointsOfNoReturn({ policy, migrations }: ReleasePlan): readonly string[] {
  const { after } = policy.retire;
  if (after === 'keep') return [];
  const teardown = `teardown of the old slot, ${after === 0 ? 'right' : printDuration(after)} after the promotion`;
  const contracts = (migrations?.contract ?? []).map((name) => `contract migration ${name}, after the teardown`);
  return [teardown, ...contracts];
}

function plannedRouting(name: string, service: PlannedService, { routing }: TrafficObservation): PlannedRouting {
  const active = routing.kind === 'split' ? soleSlot(routing.target) : null;
  const candidate: Slot = active === 'blue' ? 'green' : active === 'green' ? 'blue' : 'blue';
  const { traffic, environment, version } = service;
  return { name, version, active, candidate, adapters: { traffic: traffic.name, environment: environment.name } };
}

function plannedSteps(plan: ReleasePlan): readonly PlannedStep[] {
  const { policy } = plan;
  const { prepare, verify, shift, bake, retire, guardrails } = policy;
  const watched = guardrails.map(({ name }) => `guardrail ${name}`);
  return [
    { phase: 'prepare', does: `deploy, ready within ${prepare.readyWithinMs} ms`, holdMs: 0, gates: [] },
    {
      phase: 'verify',
      does: 'check the candidate before any user meets it',
      holdMs: 0,
      gates: verify.gates.map(gateText),
    },
    ...shift.map(
      ({ percent, mirrorPercent, audiences, holdMs, gates, raise }): PlannedStep => ({
        phase: 'shift',
        does:
          mirrorPercent !== undefined
            ? `copy ${mirrorPercent} % of the requests to the candidate, send no user there`
            : `${percent} %${audiences.length === 0 ? '' : ` and ${audiences.join(', ')}`}${raiseText(raise)}`,
        holdMs,
        gates: [...gates.map(gateText), ...(mirrorPercent === undefined ? watched : [])],
        mixedShare: mixedShare(plan, percent),
      }),
    ),
    {
      phase: 'bake',
      does: 'watch the new version with all users',
      holdMs: bake.forMs,
      gates: [...bake.gates.map(gateText), ...watched],
    },
    { phase: 'retire', does: retireText(retire.after), holdMs: retire.after === 'keep' ? 0 : retire.after, gates: [] },
  ];
}

function raiseText(raise: CompiledPolicy['shift'][number]['raise']): string {
  if (raise === undefined) return '';
  return `, up to ${raise.percent} % while a gate would not decide in time and nothing speaks against it`;
}

function retireText(after: number | 'keep'): string {
  return after === 'keep' ? 'keep the old slot' : 'keep the old slot warm, then retire it';
}

function gateText(gate: CompiledGate): string {
  const dry = gate.dryRun ? ' (dry run)' : '';
  return `${gate.kind} ${gate.name}${dry}`;
}

function weakest(fencings: readonly ('enforced' | 'checked' | 'none')[]): 'enforced' | 'checked' | 'none' {
  if (fencings.includes('none')) return 'none';
  return fencings.includes('checked') ? 'checked' : 'enforced';
}
