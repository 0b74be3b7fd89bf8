import type { CompiledGate } from '@bluegreen/machine';
import { causeText } from './cause-text.js';
import { evidenceText } from './evidence-text.js';
import { printWeight } from './numbers.js';
import type { Tone } from './palette.js';
import { plannedSteps } from './place.js';
import { type Line, span } from './spans.js';
import type { ReleaseSummary, ServiceSummary, StepSummary } from './summary.js';
import { lastAttempt, leftUntil, openApprovals, printLasting, type View } from './view.js';
import { failureText, readyText, stepName } from './wording.js';

/** The one sentence that answers "what is going on": where the release is, why, and what it waits for. */
export function answer(view: View): Line {
  const [text, tone] = sentence(view);
  return [span(text, tone)];
}

/** The same as plain text. */
export function answerText(view: View): string {
  return sentence(view)[0];
}

function sentence(view: View): readonly [string, Tone] {
  const { summary } = view;
  const { outcome, phase } = summary;
  if (outcome === 'stuck') return [stuckSentence(summary), 'bad'];
  if (outcome === 'rolled-back')
    return [`Rolled back after ${returnedAfter(view)} because ${causeText(summary)}`, 'bad'];
  if (outcome === 'promoted') return [promoted(view), 'good'];
  if (phase === 'rolling-back') return [`Rolling back because ${causeText(summary)}`, 'bad'];
  const drift = summary.drifts.find(({ until }) => until === null);
  if (drift !== undefined)
    return [`Held, somebody changed the routing of ${drift.service}: ${drift.summary}`, 'warning'];
  const pause = summary.pauses.find(({ until }) => until === null);
  if (pause !== undefined) return [`Paused by ${pause.reason}`, 'warning'];
  const approval = openApprovals(view)[0];
  if (approval !== undefined) return [approvalSentence(view, approval), 'warning'];
  return [working(view), 'plain'];
}

function stuckSentence({ stuck }: ReleaseSummary): string {
  return stuck === null ? 'Stuck' : `Stuck in ${stuck.from}: ${stuck.message} (${stuck.code})`;
}

/** From the request until the last service was back on its old slot. */
function returnedAfter({ summary }: View): string {
  const returned = summary.services.map(({ trafficReturnedAt }) => trafficReturnedAt ?? 0);
  const at = Math.max(...returned) || (summary.phases.at(-1)?.endedAt ?? summary.at);
  return printLasting(at - summary.requestedAt);
}

function promoted(view: View): string {
  const { summary } = view;
  const took = printLasting((summary.promotedAt ?? summary.at) - summary.requestedAt);
  return `Promoted after ${took}${oldSlots(view)}`;
}

/** What becomes of the slots that served before; all services share the policy, so they share the sentence. */
function oldSlots(view: View): string {
  const { summary, at } = view;
  const old = summary.services.filter(({ roles }) => roles !== null && roles.active !== null);
  if (old.length === 0) return '';
  const named = old.length === 1 ? oldSlotName(old[0]!) : 'the old slots';
  const is = old.length === 1 ? 'is' : 'are';
  if (old.every(({ roles, slots }) => slots[roles!.active!].retiredAt !== null)) return `; ${named} ${is} retired`;
  if (old.some(({ teardownBegunAt }) => teardownBegunAt !== null)) return `; retiring ${named}`;
  const stays = old.length === 1 ? 'stays' : 'stay';
  if (summary.retentionCutBy !== null) return `; retention of ${named} was cut short by ${summary.retentionCutBy}`;
  if (summary.plan.policy.retire.after === 'keep') return `; ${named} ${stays} warm`;
  const { retainUntil } = summary;
  if (retainUntil === null || retainUntil <= at) return summary.outcome === null ? `; draining ${named}` : '';
  return `; ${named} ${stays} warm for ${leftUntil(view, retainUntil)} more`;
}

function oldSlotName({ roles, slots }: ServiceSummary): string {
  const slot = roles!.active!;
  const { initialVersion } = slots[slot];
  return initialVersion === null ? slot : `${slot} ${initialVersion}`;
}

function approvalSentence(view: View, { gate, attempt }: ReturnType<typeof openApprovals>[number]): string {
  const from = gate.from.length === 0 ? '' : ` from ${gate.from.join(' or ')}`;
  const left = attempt.expiresAt === null ? null : leftUntil(view, attempt.expiresAt);
  const then = gate.onExpiry === 'rollback' ? 'then it rolls back' : 'then it continues';
  return `Waiting for approval ${gate.name}${from}${left === null ? '' : `; expires in ${left}, ${then}`}`;
}

function working(view: View): string {
  const { summary } = view;
  switch (summary.phase) {
    case 'preparing':
      return preparing(view);
    case 'verifying':
      return `Verifying: ${undecided(view, summary.plan.policy.verify.gates) ?? 'taking the preview to the candidate'}`;
    case 'shifting':
      return shifting(view, summary.steps.at(-1));
    case 'baking': {
      const left = leftUntil(view, summary.phases.at(-1)?.until ?? 0);
      const gates = [...summary.plan.policy.bake.gates, ...summary.plan.policy.guardrails];
      const waits = undecided(view, gates);
      if (left === null) return waits === null ? 'Baking: the time is over' : `The bake is over; waiting for ${waits}`;
      return `Baking for ${left} more${numbersOf(view, gates)}`;
    }
    default:
      return promoted(view);
  }
}

function preparing(view: View): string {
  for (const { name, roles, routing, slots, version, lastReadFailure } of view.summary.services) {
    if (lastReadFailure !== null) return `Preparing: ${name} can't be read: ${failureText(lastReadFailure)}`;
    if (roles === null)
      return `Preparing: ${routing === 'unread' ? `reading the routing of ${name}` : `nothing routes ${name} yet`}`;
    const seen = slots[roles.candidate].prepared;
    const isReady = seen !== null && seen.version === version && seen.ready >= Math.max(1, seen.desired);
    if (isReady) continue;
    if (seen === null || seen.version !== version)
      return `Preparing: deploying ${version} to ${roles.candidate} of ${name}`;
    const [count, why] = readyText(seen);
    return `Preparing: ${roles.candidate} of ${name} has ${count}${why === '' ? '' : `: ${why}`}`;
  }
  return 'Preparing: the candidate is ready, the routing is being taken over';
}

function shifting(view: View, step: StepSummary | undefined): string {
  if (step === undefined) return 'Shifting';
  const target = stepName(step);
  if (step.reachedAt === null) {
    return `Shifting to ${target}${lagging(step)}`;
  }
  const gates = plannedSteps(view.summary)[step.index]?.gates ?? [];
  const left = step.holdsUntil === null ? null : leftUntil(view, step.holdsUntil);
  if (left !== null)
    return `Holding at ${target} for ${left} more${numbersOf(view, [...gates, ...view.summary.plan.policy.guardrails])}`;
  const waits = undecided(view, gates);
  return waits === null ? `Reached ${target}` : `Reached ${target}; waiting for ${waits}`;
}

/** The services whose routers don't show the step yet. */
function lagging({ observed, percent: wanted }: StepSummary): string {
  const behind = observed.filter(({ percent }) => percent !== wanted);
  if (behind.length === 0) return '';
  const share = (percent: number | null): string => (percent === null ? 'unknown' : printWeight(percent));
  if (observed.length === 1) return `, observed ${share(behind[0]!.percent)}`;
  return `, observed ${behind.map(({ service, percent }) => `${service} ${share(percent)}`).join(', ')}`;
}

function undecided(view: View, gates: readonly CompiledGate[]): string | null {
  for (const gate of gates) {
    const attempt = lastAttempt(view, gate);
    if (attempt === null || attempt.settledAt !== null || attempt.verdict === 'pass' || gate.dryRun) continue;
    const found = evidenceText(view.summary, gate, attempt);
    return found === null ? gate.name : `${gate.name}: ${found}`;
  }
  return null;
}

function numbersOf(view: View, gates: readonly CompiledGate[]): string {
  for (const gate of gates) {
    const attempt = lastAttempt(view, gate);
    const found = attempt === null ? null : evidenceText(view.summary, gate, attempt);
    if (gate.kind === 'analysis' && found !== null)
      return found.startsWith(gate.name) ? `: ${found}` : `: ${gate.name} ${found}`;
  }
  return '';
}
