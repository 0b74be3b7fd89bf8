import type { CompiledAnalysis, CompiledGate, CompiledPolicy } from '../compiled-policy.js';

/** The least time an analysis needs for a pass. */
export function settlesAfterMs(analysis: CompiledAnalysis): number {
  return analysis.kind === 'threshold' ? analysis.windowMs : analysis.minTimeMs;
}

/**
 * How long a release of this policy takes at least, in milliseconds, when everything else takes no time: approvals come at
 * once, calls return at once, and every analysis passes as soon as its window is full. Gates of one place run in parallel.
 */
export function shortestMs(policy: CompiledPolicy): number {
  const { verify, shift, bake } = policy;
  const placeMs = (holdMs: number, gates: readonly CompiledGate[]): number =>
    Math.max(holdMs, ...gates.map((gate) => gateMs(policy, gate)));
  const steps = shift.map(({ holdMs, gates }) => placeMs(holdMs, gates));
  return [placeMs(0, verify.gates), ...steps, placeMs(bake.forMs, bake.gates)].reduce((sum, ms) => sum + ms, 0);
}

function gateMs(policy: CompiledPolicy, gate: CompiledGate): number {
  if (gate.kind === 'wait') return gate.waitMs;
  if (gate.kind !== 'analysis' || gate.dryRun) return 0;
  return settlesAfterMs(policy.analyses[gate.analysis]!);
}
