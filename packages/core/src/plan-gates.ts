import { type Finding, fail, printDuration } from '@bluegreen/contract';
import { forecastErrorRatio, type GateForecast } from '@bluegreen/gates';
import type { CompiledPolicy } from '@bluegreen/machine';

/** What is expected of the users during the release; `plan` says with it what its gates can decide. */
export interface ExpectedTraffic {
  readonly requestsPerSecond: number;
  /** Share of the requests that fail today, 0 to 1. */
  readonly errorRate: number;
}

/** What one comparing gate can do at the expected traffic. */
export interface PlannedGate extends GateForecast {
  /** As in the journal: `shift[1]/errors`. */
  readonly gate: string;
  /** How long it may take: the hold of its place and `limits.decide`. */
  readonly givenMs: number;
}

/** Every gate that compares errors on a step below 100 %. Latencies depend on more than a rate, so they are left out. */
export function planGates(policy: CompiledPolicy, traffic: ExpectedTraffic): readonly PlannedGate[] {
  return policy.shift.flatMap(({ percent: users, mirrorPercent, holdMs, gates }) =>
    gates.flatMap((gate): readonly PlannedGate[] => {
      const analysis = gate.kind === 'analysis' ? policy.analyses[gate.analysis] : undefined;
      // A mirror leaves every request with the active slot: together both slots get that much more.
      const more = 1 + (mirrorPercent ?? 0) / 100;
      const weight = (mirrorPercent ?? users) / 100 / more;
      if (analysis?.kind !== 'error-ratio' || weight <= 0 || weight >= 1) return [];
      const givenMs = holdMs + policy.limits.decideMs;
      const requestsPerSecond = traffic.requestsPerSecond * more;
      const forecast = forecastErrorRatio(analysis, { ...traffic, requestsPerSecond, weight, givenMs });
      return [{ gate: gate.id, givenMs, ...forecast }];
    }),
  );
}

/** A warning for each gate that will hardly decide. */
export function gateFindings(gates: readonly PlannedGate[]): readonly Finding[] {
  return gates.flatMap(({ gate, givenMs, passMs, decides }) => {
    if (decides !== 'too-late') return [];
    const takes = passMs === null ? 'it never decides' : `a good version takes about ${printDuration(passMs)}`;
    const { code, message, hint } = fail('release/gate-underpowered', {
      detail: `${gate}: ${takes}, given are ${printDuration(givenMs)}`,
    });
    return [{ severity: 'warn', code, message, hint }];
  });
}
