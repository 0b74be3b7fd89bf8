import type { Evidence } from '@bluegreen/contract';
import { printDuration, printInstant, type Slot, soleSlot } from '@bluegreen/contract';
import { refusal } from './commands.js';
import { candidateServes, reachedFrom, touchableFrom } from './conditions.js';
import type { CommandFact } from './events.js';
import type { Explanation } from './explanation.js';
import { gatesHere, guardrailsHere, isPassed } from './gates.js';
import type { ReleaseState, RollbackCause } from './state.js';
import { plannedOf, serviceNames, serviceOf } from './update.js';

/** One explanation; `clauses` become one sentence each. */
export function say(
  code: string,
  clauses: readonly (string | null)[],
  evidence: readonly Evidence[] = [],
  nextSteps: readonly string[] = [],
): Explanation {
  const sentences = clauses.filter((clause) => clause !== null).map((clause) => `${clause.replace(/[.\s]+$/, '')}.`);
  return { code, sentence: sentences.join(' '), evidence, nextSteps };
}

const methods = {
  pause: 'pause-requested',
  resume: 'resume-requested',
  rollback: 'rollback-requested',
  retry: 'retry-requested',
} as const;

/** A call as it is typed, and what it does. */
export function call(state: ReleaseState, method: string, does: string, gate?: string): string {
  const about = gate === undefined ? '' : `, '${gate}'`;
  return `releaser.${method}('${state.id}'${about}, { by, reason }): ${does}`;
}

/** The call and what it does; nothing where it would be refused now. */
export function offer(state: ReleaseState, method: keyof typeof methods, does: string): readonly string[] {
  const said = { at: state.at, command: '', by: '', reason: '' };
  const type = methods[method];
  const command: CommandFact = type === 'rollback-requested' ? { type, abort: false, ...said } : { type, ...said };
  return refusal(state, command) === null ? [call(state, method, does)] : [];
}

export function offerRollback(state: ReleaseState): readonly string[] {
  return offer(
    state,
    'rollback',
    candidateServes(state) ? 'sends all users back' : 'ends it, users stay where they are',
  );
}

/** The services with their new versions. */
export function what(state: ReleaseState): string {
  return serviceNames(state)
    .map((name) => `${name} ${plannedOf(state, name).version}`)
    .join(', ');
}

/** Who serves, as last read; `null` where nothing was read. */
export function traffic(state: ReleaseState): string | null {
  const known = serviceNames(state).flatMap((name) => {
    const { seen } = serviceOf(state, name).routing;
    if (seen === null) return [];
    const of = serviceNames(state).length === 1 ? '' : ` of ${name}`;
    if (seen.target === null) return [`nothing is routed${of}`];
    const sole = soleSlot(seen.target);
    const { blue, green } = seen.target.weights;
    return [
      sole === null ? `${blue} % of users${of} are on blue, ${green} % on green` : `all users${of} are on ${sole}`,
    ];
  });
  return known.length === 0 ? null : `As last read, ${known.join('; ')}`;
}

export function because(cause: RollbackCause): string {
  if (cause.by === undefined) return cause.message;
  return `${cause.code === 'person-aborted' ? 'aborted' : 'asked for'} by ${cause.message}`;
}

/** Why the routing of a service is not in place yet; `null` where it is. */
export function routingTrouble(state: ReleaseState, name: string): string | null {
  const { routing } = serviceOf(state, name);
  const { writes, failure } = routing;
  if (routing.unreadableSince !== null)
    return `the router can't be read since ${printInstant(routing.unreadableSince)}`;
  const disagree = routing.suspect?.since ?? routing.staleSince;
  if (disagree !== null) return `reads of the router disagree since ${printInstant(disagree)}`;
  const until = writes.find(({ status }) => status === 'unresolved')?.until ?? null;
  if (until !== null) return `nobody knows how a write ended; it may still land until ${printInstant(until)}`;
  if (writes.some(({ status }) => status === 'running')) return 'the write is under way';
  if (failure !== null) return `attempt ${routing.attempts} failed: ${failure.message}`;
  if (writes.length > 0) return 'the router accepted it, no read shows it yet';
  const from = reachedFrom(state, name);
  return from !== null && from > state.at ? `it is written, and counts from ${printInstant(from)} on` : null;
}

/** Why a slot may not be deployed over or retired yet; `null` where it may. */
export function slotTrouble(state: ReleaseState, name: string, slot: Slot): string | null {
  const { routing } = serviceOf(state, name);
  const target = routing.seen?.target ?? null;
  if (routing.seen?.reachable[slot] === true) {
    const isNow = target !== null && target.weights[slot] > 0;
    return `${slot} of ${name} can still be reached${isNow ? '' : ' (by its preview, as fallback, or after a restart of the router)'}`;
  }
  const from = touchableFrom(state, name, slot);
  if (from === null) return routingTrouble(state, name) ?? `the last requests in ${slot} of ${name} are not over`;
  return from > state.at ? `the last requests in ${slot} of ${name} are over at ${printInstant(from)}` : null;
}

/** The gates that are still waited for, with how long they may take. */
export function pending(state: ReleaseState): string | null {
  const waiting = gatesHere(state)
    .filter((gate) => !gate.dryRun && !isPassed(state.gates[gate.id]))
    .map(({ id, name, kind }) => {
      const { evidence, dueAt } = state.gates[id]!;
      const said = evidence?.summary ?? 'no answer yet';
      return kind === 'wait'
        ? `${name} (until ${printInstant(dueAt)})`
        : `${name} (${said}; until ${printInstant(dueAt)})`;
    });
  return waiting.length === 0 ? null : `Not passed yet: ${waiting.join(', ')}`;
}

/** The guardrails that can't be measured, which nothing goes on without. */
export function blindGuardrails(state: ReleaseState): string | null {
  const blind = guardrailsHere(state)
    .filter(({ id, dryRun }) => !dryRun && state.gates[id]?.verdict === 'error')
    .map(({ id, name }) => `${name} (${state.gates[id]?.evidence?.summary ?? 'no answer'})`);
  return blind.length === 0 ? null : `Does not go on while a guardrail can't be measured: ${blind.join(', ')}`;
}

export function gateEvidence(state: ReleaseState): readonly Evidence[] {
  return [...gatesHere(state), ...guardrailsHere(state)].flatMap(({ id }) => state.gates[id]?.evidence ?? []);
}

/** What the new version was measured at while it was watched: in the bake, else by the guardrails. */
export function watchedEvidence(state: ReleaseState): readonly Evidence[] {
  const { bake, guardrails } = state.plan.policy;
  const analyses = [...bake.gates, ...guardrails].filter(({ kind }) => kind === 'analysis');
  const found = analyses.flatMap(({ id }) => state.gates[id]?.evidence ?? []);
  return found.filter(({ summary }, index) => found.findIndex((other) => other.summary === summary) === index);
}

export function promotedText(state: ReleaseState): string {
  const after = printDuration((state.promotedAt ?? state.at) - state.requestedAt);
  const [measured] = watchedEvidence(state);
  return `${what(state)} is promoted after ${after}${measured === undefined ? '' : `: ${measured.summary}`}`;
}

export function causeEvidence({ cause }: ReleaseState): readonly Evidence[] {
  return cause?.evidence === undefined ? [] : [cause.evidence];
}
