import { printDuration, printInstant } from '@bluegreen/contract';
import { isDeployed, isReached, touchableFrom } from './conditions.js';
import type { Evidence } from './events.js';
import { gatesHere, guardrailsHere, guardrailsSee, openGates } from './gates.js';
import { retainUntil, slotGoal } from './goals.js';
import type { ReleaseState } from './state.js';
import { currentStep, stepsOf } from './steps.js';
import { plannedOf, serviceNames, serviceOf } from './update.js';

/** Why a release is where it is. */
export interface Explanation {
  /** Stable: one of the situations on the reference page of explanations. */
  readonly code: string;
  /** One sentence for people, with the numbers. */
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  /** What makes sense now, most useful first: releaser methods with their arguments. */
  readonly nextSteps: readonly string[];
}

/** Explains a state. Instants in the sentence are ISO times; pure, so the same state reads the same everywhere. */
export function explain(state: ReleaseState): Explanation {
  return explainEnd(state) ?? explainHeld(state) ?? explainPhase(state);
}

function explainEnd(state: ReleaseState): Explanation | null {
  const { id, cause, stuck } = state;
  const took = printDuration(state.at - state.requestedAt);
  switch (state.phase) {
    case 'promoted':
      return say('promoted', `${promotedText(state)}.`, watchedEvidence(state), []);
    case 'rolled-back':
      return say(
        'rolled-back',
        `${what(state)} was rolled back after ${took}: ${cause!.message}.`,
        evidenceOf(state),
        [],
      );
    case 'stuck': {
      const next = [`retry('${id}', { by, reason })`];
      if (stuck!.from !== 'preparing' && stuck!.from !== 'rolling-back') next.push(rollback(id));
      return say(stuck!.code, `${what(state)} is stuck in ${stuck!.from}: ${stuck!.message}.`, evidenceOf(state), next);
    }
    default:
      return null;
  }
}

function explainHeld(state: ReleaseState): Explanation | null {
  const { id, paused } = state;
  for (const name of serviceNames(state)) {
    const { drifted } = serviceOf(state, name).routing;
    if (drifted === null) continue;
    const sentence = `Somebody else changed the routing of ${name}: ${drifted.summary}. Nothing was overwritten.`;
    return say('drifted', sentence, [], [`resume('${id}', { by, reason }) writes our target again`, rollback(id)]);
  }
  if (paused !== null) {
    const sentence = `Paused in ${state.phase} since ${printInstant(paused.at)} by ${paused.by}: ${paused.reason}.`;
    return say('paused', sentence, gateEvidence(state), [`resume('${id}', { by, reason })`, rollback(id)]);
  }
  const approval = openGates(state).find(({ gate }) => gate.kind === 'approval');
  if (approval?.gate.kind === 'approval' && canSettleOnlyByPeople(state)) {
    const { name, from, onExpiry } = approval.gate;
    const sentence = `Waiting for ${from.join(' or ')} to approve ${name} until ${printInstant(approval.state.dueAt)}, then ${
      onExpiry === 'continue' ? 'it goes on' : 'it rolls back'
    }.`;
    return say('approval-awaited', sentence, gateEvidence(state), [
      `approve('${id}', '${name}', { by, reason })`,
      rollback(id),
    ]);
  }
  return null;
}

/** Every other gate here passed, so that the approval is what is waited for. */
function canSettleOnlyByPeople(state: ReleaseState): boolean {
  return gatesHere(state).every(
    (gate) => gate.kind === 'approval' || gate.dryRun || state.gates[gate.id]?.verdict === 'pass',
  );
}

function explainPhase(state: ReleaseState): Explanation {
  switch (state.phase) {
    case 'preparing':
      return explainPreparing(state);
    case 'shifting':
      return explainShifting(state);
    case 'retiring':
      return explainRetiring(state);
    case 'rolling-back': {
      const sentence = `Rolling back since ${printInstant(state.phaseSince)}: ${state.cause?.message ?? 'asked to'}.`;
      return say('rolling-back', sentence, evidenceOf(state), []);
    }
    case 'baking': {
      const until = state.watch === null ? '' : ` until ${printInstant(state.watch.until)}`;
      return say(
        'baking',
        `All users are on the new version; it is watched${until}${pending(state)}.`,
        gateEvidence(state),
        [rollback(state.id)],
      );
    }
    default:
      return say(
        'verifying',
        `Verifying the candidate before any user meets it${pending(state)}.`,
        gateEvidence(state),
        [rollback(state.id)],
      );
  }
}

function explainPreparing(state: ReleaseState): Explanation {
  const next = [rollback(state.id)];
  for (const name of serviceNames(state)) {
    const { roles, routing, slots } = serviceOf(state, name);
    if (roles === null) return say('reading-routing', `Reading the routing of ${name}.`, [], next);
    if (!isReached(state, name, state.at)) {
      const trouble = routing.failure === null ? '' : ` (last attempt: ${routing.failure.message})`;
      return say('claiming', `Taking over the routing of ${name}${trouble}.`, [], next);
    }
    if (isDeployed(state, name)) continue;
    const { converge, seen } = slots[roles.candidate];
    const version = plannedOf(state, name).version;
    if (converge === null && touchableFrom(state, name, roles.candidate) === null) {
      return say('draining-candidate', `Waiting for the last requests in ${roles.candidate} of ${name}.`, [], next);
    }
    const ready = seen === null ? '' : ` ${seen.whyNotReady ?? `${seen.ready} of ${seen.desired} ready`}`;
    return say('deploying', `Deploying ${version} to ${roles.candidate} of ${name}:${ready}.`, [], next);
  }
  return say('preparing', 'Preparing the candidate.', [], next);
}

function explainShifting(state: ReleaseState): Explanation {
  const { percent, audiences } = currentStep(state);
  const place = `step ${state.step + 1} of ${stepsOf(state).length}, ${percent} %${
    audiences.length === 0 ? '' : ` and ${audiences.join(', ')}`
  }`;
  const next = [`pause('${state.id}', { by, reason })`, rollback(state.id)];
  if (state.watch === null) return say('routing', `Shifting to ${place}.`, [], next);
  if (!guardrailsSee(state)) {
    return say(
      'guardrail-blind',
      `Holding at ${place}: a guardrail can't be measured${pending(state)}.`,
      gateEvidence(state),
      next,
    );
  }
  return say(
    'holding',
    `At ${place}, held until ${printInstant(state.watch.until)}${pending(state)}.`,
    gateEvidence(state),
    next,
  );
}

function explainRetiring(state: ReleaseState): Explanation {
  const next = serviceNames(state).some((name) => serviceOf(state, name).teardownBegunAt !== null)
    ? []
    : [rollback(state.id)];
  const until = retainUntil(state);
  const promoted = promotedText(state);
  const retires = serviceNames(state).some((name) => slotGoal(state, name).retire !== null);
  if (!retires || until === null)
    return say('promoted-keeping', `${promoted}; the old slot is kept.`, watchedEvidence(state), next);
  if (state.at < until)
    return say(
      'retaining',
      `${promoted}; the old slot stays warm until ${printInstant(until)}.`,
      watchedEvidence(state),
      next,
    );
  return say('retiring', `${promoted}; the old slot is being retired.`, watchedEvidence(state), next);
}

function say(code: string, sentence: string, evidence: readonly Evidence[], nextSteps: readonly string[]): Explanation {
  return { code, sentence, evidence, nextSteps };
}

function rollback(id: string): string {
  return `rollback('${id}', { by, reason })`;
}

function what(state: ReleaseState): string {
  return serviceNames(state)
    .map((name) => `${name} ${plannedOf(state, name).version}`)
    .join(', ');
}

/** The gates that are still waited for, in words. */
function pending(state: ReleaseState): string {
  const waiting = [
    ...gatesHere(state),
    ...guardrailsHere(state).filter(({ id }) => state.gates[id]?.verdict === 'error'),
  ]
    .filter((gate) => !gate.dryRun && state.gates[gate.id]?.verdict !== 'pass')
    .map((gate) => `${gate.name} (${state.gates[gate.id]?.evidence?.summary ?? 'no answer yet'})`);
  return waiting.length === 0 ? '' : `; waiting for ${waiting.join(', ')}`;
}

function gateEvidence(state: ReleaseState): readonly Evidence[] {
  return [...gatesHere(state), ...guardrailsHere(state)].flatMap(({ id }) => state.gates[id]?.evidence ?? []);
}

/** What the new version was measured at while it was watched: in the bake, else by the guardrails. */
function watchedEvidence(state: ReleaseState): readonly Evidence[] {
  const { bake, guardrails } = state.plan.policy;
  const analyses = [...bake.gates, ...guardrails].filter(({ kind }) => kind === 'analysis');
  const found = analyses.flatMap(({ id }) => state.gates[id]?.evidence ?? []);
  return found.filter(({ summary }, index) => found.findIndex((other) => other.summary === summary) === index);
}

function promotedText(state: ReleaseState): string {
  const after = printDuration((state.promotedAt ?? state.at) - state.requestedAt);
  const [measured] = watchedEvidence(state);
  return `${what(state)} is promoted after ${after}${measured === undefined ? '' : `: ${measured.summary}`}`;
}

function evidenceOf({ cause }: ReleaseState): readonly Evidence[] {
  return cause?.evidence === undefined ? [] : [cause.evidence];
}
