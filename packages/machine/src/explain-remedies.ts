import { isDeployed } from './conditions.js';
import { call } from './explain-words.js';
import { guardrailsHere, openGates } from './gates.js';
import { neededInstances } from './goals.js';
import type { ReleaseState } from './state.js';
import { serviceNames, serviceOf } from './update.js';

/** What to mend so that a release goes on that is kept from it by something else than a person's word. */
export function remedies(state: ReleaseState): readonly string[] {
  return [...routingRemedies(state), ...unfitRemedies(state), ...blindRemedies(state)];
}

/** A router that can't be read, or that takes no write. */
export function routingRemedies(state: ReleaseState): readonly string[] {
  return serviceNames(state).flatMap((name) => {
    const { unreadableSince, failure, writes } = serviceOf(state, name).routing;
    if (unreadableSince !== null) return [`Make the router of ${name} readable again; it is read again by itself`];
    // Whose end nobody knows may have happened: it is waited for, and then read.
    if (failure === null || writes.some(({ status }) => status === 'unresolved')) return [];
    return [
      `Mend what keeps the router of ${name} from being written (${failure.message}); it is tried again by itself`,
    ];
  });
}

/** A candidate that does not start, or that lost what it had. One that only takes its time needs nothing. */
export function unfitRemedies(state: ReleaseState): readonly string[] {
  return serviceNames(state).flatMap((name) => {
    const { roles, slots } = serviceOf(state, name);
    if (roles === null || isDeployed(state, name)) return [];
    const { seen, converge } = slots[roles.candidate];
    const isStarting = state.phase === 'preparing' && seen?.whyNotReady === null && converge?.failure == null;
    if (isStarting || seen === null) return [];
    const needed = neededInstances(state, name);
    return [`Mend what keeps ${roles.candidate} of ${name} below ${needed} ready; the release goes on by itself then`];
  });
}

function blindRemedies(state: ReleaseState): readonly string[] {
  const blind = guardrailsHere(state).filter(({ id, dryRun }) => !dryRun && state.gates[id]?.verdict === 'error');
  if (blind.length === 0) return [];
  const names = blind.map(({ name }) => name).join(', ');
  return [`Mend the metrics behind ${names}; the release goes on by itself once they can be measured`];
}

/** The gates here that wait for somebody's word, and how it is given. */
export function answers(state: ReleaseState): readonly string[] {
  return openGates(state).flatMap(({ gate, state: { verdict } }) => {
    if (gate.dryRun) return [];
    if (gate.kind === 'approval') return [call(state, `approve`, `says yes to ${gate.name}`, gate.name)];
    if (gate.kind !== 'webhook' || (verdict !== 'inconclusive' && verdict !== 'error')) return [];
    return [call(state, 'skipGate', `goes on without ${gate.name}, in an emergency`, gate.name)];
  });
}

/** Where neither slot has an instance, users get errors, and only people can end that. */
export function outageRemedies(state: ReleaseState): readonly string[] {
  return serviceNames(state).flatMap((name) => {
    const { roles, slots } = serviceOf(state, name);
    if (roles === null || roles.active === null) return [];
    if (slots[roles.active].seen?.ready !== 0 || slots[roles.candidate].seen?.ready !== 0) return [];
    return [`Bring up instances in ${roles.active} of ${name} now: its users go there and get errors until then`];
  });
}
