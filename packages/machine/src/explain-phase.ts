import { printInstant, type Slot } from '@bluegreen/contract';
import { isDeployed, isReached, isRetired, nothingUnresolved, runsRelease } from './conditions.js';
import { awaitedProvider } from './dependencies.js';
import { answers, outageRemedies, remedies, routingRemedies, unfitRemedies } from './explain-remedies.js';
import {
  because,
  blindGuardrails,
  causeEvidence,
  gateEvidence,
  offer,
  offerRollback,
  pending,
  promotedText,
  routingTrouble,
  say,
  slotTrouble,
  traffic,
  watchedEvidence,
  what,
} from './explain-words.js';
import type { Explanation } from './explanation.js';
import { activeSick } from './findings.js';
import { neededInstances, retainUntil, slotGoal } from './goals.js';
import { openHooks } from './hooks.js';
import type { ReleaseState } from './state.js';
import { currentStep, stepPercent, stepsOf } from './steps.js';
import { tendingText } from './tending.js';
import { plannedOf, serviceNames, serviceOf } from './update.js';
import { awaitsWindow, nextOpening } from './windows.js';

/** What a release does that goes on by itself. */
export function explainPhase(state: ReleaseState): Explanation {
  switch (state.phase) {
    case 'preparing':
      return explainPreparing(state);
    case 'verifying':
      return explainVerifying(state);
    case 'shifting':
      return explainShifting(state);
    case 'retiring':
      return explainRetiring(state);
    case 'rolling-back':
      return explainRollingBack(state);
    default:
      return explainWatched(state, 'baking', 'All users are on the new version, which is watched');
  }
}

function explainPreparing(state: ReleaseState): Explanation {
  const next = offerRollback(state);
  if (Object.keys(state.fences).length === 0) {
    const sentence = `${what(state)} waits for its turn since ${printInstant(state.requestedAt)}`;
    return say('queued', [sentence, 'It begins by itself when every release before it has ended'], [], next);
  }
  const migrating = openHooks(state, 'expand').find((name) => `expand/${name}` in state.hooks);
  if (migrating !== undefined) {
    const { attempt, message } = state.hooks[`expand/${migrating}`]!;
    const failed = message === null ? '' : `; attempt ${attempt - 1} failed: ${message}`;
    const mend = message === null ? [] : ['Mend what the message names; it is tried again by itself'];
    return say(
      'migrating',
      [`Running migration ${migrating} before anything is deployed${failed}`],
      [],
      [...mend, ...next],
    );
  }
  const due = `Gives up at ${printInstant(state.phaseSince + state.plan.policy.prepare.readyWithinMs)} unless the candidate is ready by then`;
  for (const name of serviceNames(state)) {
    const { roles, slots } = serviceOf(state, name);
    if (roles === null) {
      const reading = withTrouble(state, name, `Reading who serves ${name}`);
      return say('reading-routing', [reading, due], [], [...routingRemedies(state), ...next]);
    }
    if (!isReached(state, name, state.at)) {
      const claiming = withTrouble(state, name, `Taking over the routing of ${name}`);
      return say('claiming', [claiming, due], [], [...routingRemedies(state), ...next]);
    }
    if (isDeployed(state, name)) continue;
    const { converge } = slots[roles.candidate];
    const blocked = converge === null ? slotTrouble(state, name, roles.candidate) : null;
    const version = plannedOf(state, name).version;
    if (blocked !== null) {
      const free = `If it lasts, take ${roles.candidate} out of the preview, the fallback and the start-up of the router`;
      return say('slot-in-use', [`Not deploying ${version} to ${name} yet: ${blocked}`, due], [], [free, ...next]);
    }
    const failed = converge?.failure == null ? '' : `; attempt ${converge.attempt} failed: ${converge.failure.message}`;
    const deploying = `Deploying ${version} to ${roles.candidate} of ${name}: ${readiness(state, name, roles.candidate)}${failed}`;
    return say('deploying', [deploying, due], [], [...unfitRemedies(state), ...next]);
  }
  return say('preparing', ['Preparing the candidate', due], [], next);
}

function readiness(state: ReleaseState, name: string, slot: Slot): string {
  const { slots, routing } = serviceOf(state, name);
  const { seen, fresh, converge } = slots[slot];
  if (seen === null || !fresh) return 'not read yet';
  if (seen.version === null) return 'nothing runs there yet';
  if (!runsRelease(state, name, seen, converge)) return `it still runs ${seen.version}`;
  const needed = neededInstances(state, name);
  if (seen.ready < needed) return seen.whyNotReady ?? `${seen.ready} ready, ${needed} needed`;
  return routing.seen?.healthy[slot] === false ? 'ready, but not healthy to the router' : `${seen.ready} ready`;
}

/** The sentence, with what keeps the routing of this service, or of any, from being in place. */
function withTrouble(state: ReleaseState, name: string | null, sentence: string): string {
  for (const each of name === null ? serviceNames(state) : [name]) {
    const trouble = routingTrouble(state, each);
    if (trouble === null) continue;
    const whose = name === null && serviceNames(state).length > 1 ? `${each}: ` : '';
    return `${sentence}: ${whose}${trouble}${waitingFor(state, each)}`;
  }
  return sentence;
}

/** The services that are not shifted yet because this one is shifted before them. */
function waitingFor(state: ReleaseState, provider: string): string {
  const waiting = serviceNames(state).filter((name) => awaitedProvider(state, name) === provider);
  if (waiting.length === 0) return '';
  return `; ${waiting.join(', ')} ${waiting.length === 1 ? 'waits' : 'wait'} for ${provider}`;
}

/** What a person may say of a release that goes on by itself. */
function held(state: ReleaseState): readonly string[] {
  return [...offer(state, 'pause', 'keeps it from going on'), ...offerRollback(state)];
}

function explainVerifying(state: ReleaseState): Explanation {
  const next = [...answers(state), ...remedies(state), ...held(state)];
  if (state.watch === null)
    return say('verifying', [withTrouble(state, null, 'Pointing the preview at the candidate')], [], next);
  return say(
    'verifying',
    ['Verifying the candidate before any user meets it', pending(state)],
    gateEvidence(state),
    next,
  );
}

function explainShifting(state: ReleaseState): Explanation {
  const { percent, mirrorPercent, audiences } = currentStep(state);
  const now = stepPercent(state);
  const raised = now === percent ? '' : `, raised to ${now} % because a gate would not decide in time`;
  const names = audiences.length === 0 ? '' : ` and ${audiences.join(', ')}`;
  const what =
    mirrorPercent === undefined
      ? `${percent} %${names}${raised}`
      : `${mirrorPercent} % of the requests copied, no users`;
  const place = `step ${state.step + 1} of ${stepsOf(state).length} (${what})`;
  if (state.watch !== null) return explainWatched(state, 'holding', `At ${place}`);
  const next = [...remedies(state), ...held(state)];
  if (awaitsWindow(state)) {
    const opens = nextOpening(state, state.at);
    const when =
      opens === null ? 'no window of the policy opens any more' : `the next window opens at ${printInstant(opens)}`;
    return say('window-closed', [`Not shifting to ${place} now: ${when}`, traffic(state)], gateEvidence(state), next);
  }
  const unfit = whoIsUnfit(state);
  if (unfit !== null) return say('candidate-unfit', [`Not shifting to ${place}: ${unfit}`], [], next);
  return say('shifting', [withTrouble(state, null, `Shifting to ${place}`)], [], next);
}

function whoIsUnfit(state: ReleaseState): string | null {
  for (const name of serviceNames(state)) {
    const { roles } = serviceOf(state, name);
    if (roles === null || isDeployed(state, name)) continue;
    return `${roles.candidate} of ${name} can't serve (${readiness(state, name, roles.candidate)})`;
  }
  return null;
}

/** A hold or a bake: until when, or why its time does not count. */
function explainWatched(state: ReleaseState, code: string, place: string): Explanation {
  const next = [...answers(state), ...remedies(state), ...held(state)];
  const evidence = gateEvidence(state);
  const { watch } = state;
  if (watch !== null && watch.lostAt !== null) {
    const lost = `${place}, but since ${printInstant(watch.lostAt)} the time does not count`;
    return say('routing-lost', [withTrouble(state, null, lost), pending(state)], evidence, next);
  }
  const unfit = whoIsUnfit(state);
  if (unfit !== null) return say('candidate-unfit', [`${place}, but ${unfit}`, pending(state)], evidence, next);
  const tending = serviceNames(state)
    .map((each) => tendingText(state, each))
    .find((text) => text !== null);
  if (tending !== undefined) return say('tending', [`${place}. ${tending}`, pending(state)], evidence, next);
  const isOver = watch === null || state.at >= watch.until;
  const until = isOver ? place : `${place} until ${printInstant(watch.until)}`;
  const blind = blindGuardrails(state);
  return say(blind === null ? code : 'guardrail-blind', [until, pending(state), blind], evidence, next);
}

function explainRetiring(state: ReleaseState): Explanation {
  const next = offerRollback(state);
  const promoted = promotedText(state);
  const evidence = watchedEvidence(state);
  const retiring = serviceNames(state).flatMap((name) => {
    const { retire } = slotGoal(state, name);
    return retire === null || isRetired(state, name) ? [] : [{ name, slot: retire }];
  });
  if (retiring.length === 0) {
    return say('promoted-keeping', [withTrouble(state, null, `${promoted}; ending`)], evidence, next);
  }
  const [busy] = retiring.filter(({ name }) => retainUntil(state, name) === null);
  if (busy !== undefined) {
    const used = `${promoted}; ${busy.slot} of ${busy.name} may have traffic again, and is kept until it had none for as long as the policy says`;
    return say('retaining', [withTrouble(state, busy.name, used)], evidence, next);
  }
  const until = Math.max(...retiring.map(({ name }) => retainUntil(state, name)!));
  if (state.at < until) {
    const warm = `${promoted}; ${retiring.map(({ name, slot }) => `${slot} of ${name}`).join(', ')} stays warm until ${printInstant(until)}`;
    return say('retaining', [warm], evidence, next);
  }
  const [{ name, slot }] = retiring as [(typeof retiring)[0]];
  const failure = serviceOf(state, name).slots[slot].converge?.failure ?? null;
  const trouble = failure?.message ?? slotTrouble(state, name, slot);
  const doing = `${promoted}; ${slot} of ${name} is being retired`;
  const mend =
    failure === null ? [] : ['Mend what the message names; it is tried again by itself, and no user notices'];
  return say('retiring', [trouble === null ? doing : `${doing}: ${trouble}`], evidence, [...mend, ...next]);
}

function explainRollingBack(state: ReleaseState): Explanation {
  const cause = state.cause === null ? '' : `: ${because(state.cause)}`;
  const doing = `Rolling back since ${printInstant(state.phaseSince)}${cause}`;
  const away = serviceNames(state).find((name) => !isReached(state, name, state.at));
  const mend = [...outageRemedies(state), ...routingRemedies(state)];
  const next = mend.length === 0 ? ['Nothing to do: it goes on by itself'] : mend;
  if (away !== undefined) {
    const trouble = lookTrouble(state, away) ?? routingTrouble(state, away);
    const where = trouble === null ? null : `The routing of ${away} is not back yet: ${trouble}`;
    return say('rolling-back', [doing, where, bothSick(state)], causeEvidence(state), next);
  }
  const rest = nothingUnresolved(state)
    ? 'All users are back; the candidate is being retired'
    : 'All users are back; it ends once no earlier write can land any more';
  return say('rolling-back', [doing, rest], causeEvidence(state), next);
}

/** What is read before users are sent back (S14); `null` where nothing is. */
function lookTrouble(state: ReleaseState, name: string): string | null {
  const { doubt, roles } = serviceOf(state, name);
  if (doubt === null) return null;
  return doubt.code === activeSick
    ? `one read shows ${roles!.active} without a ready instance, which is read again`
    : `${roles!.active} is read first, because it gets the users`;
}

/** Rule 12: where neither slot is healthy, users go to the version that served before. */
function bothSick(state: ReleaseState): string | null {
  for (const name of serviceNames(state)) {
    const { roles, slots } = serviceOf(state, name);
    if (roles === null || roles.active === null) continue;
    if (slots[roles.active].seen?.ready !== 0 || slots[roles.candidate].seen?.ready !== 0) continue;
    return `Neither slot of ${name} has a ready instance; users go back to ${roles.active}, which served before`;
  }
  return null;
}
