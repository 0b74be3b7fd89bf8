import type { CompiledPolicy } from '@bluegreen/machine';
import type { SimulatedPeople } from '../run/people.js';
import type { VersionBehaviour } from '../world/behaviour.js';

/** What a run takes for granted because its options say nothing about it. */
export function assumptionsOf(
  options: SimulatedPeople & {
    readonly candidate?: VersionBehaviour;
    readonly traffic?: unknown;
  },
  { verify, shift, bake, retire, audiences, hooks }: CompiledPolicy,
): readonly string[] {
  const gates = [...verify.gates, ...shift.flatMap((step) => step.gates), ...bake.gates];
  const has = (kind: string) => gates.some((gate) => gate.kind === kind);
  const assumed: string[] = [];
  if (has('check') && options.candidate?.checks === undefined) {
    assumed.push("checks pass while an instance is ready (candidate: { checks: 'fail' })");
  }
  if (hooks !== undefined) assumed.push('hooks do well');
  if (has('webhook')) assumed.push('webhooks say yes at once');
  if (has('approval') && options.approval === undefined) {
    assumed.push('approvals come after a minute (approval: { afterMs })');
  }
  const canHold = gates.some((gate) => gate.onFailure === 'pause');
  if (canHold && options.held === undefined) assumed.push('nobody helps a release that is paused (held: { … })');
  if (options.traffic === undefined) assumed.push("users send 100 requests per second (traffic: '200rps')");
  if (shift.some(({ mirrorPercent }) => mirrorPercent !== undefined)) assumed.push('every request can be copied');
  if (Object.keys(audiences).length > 0) assumed.push('0.1 % of the users are in each audience (traffic.people)');
  if (retire.after === 'keep') assumed.push('the old slot is kept: its cost counts up to the promotion');
  return assumed;
}
