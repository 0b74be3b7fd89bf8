import type { Slot } from '@bluegreen/contract';
import { servesCandidate } from './conditions.js';
import { activeSick, findingOf } from './findings.js';
import type { Doubt, Phase, ReleaseState } from './state.js';
import { serviceNames, serviceOf, withRouting, withService, withSlot } from './update.js';

const wayBack = 'way-back';

/**
 * What ends a release, or sends it back, is read twice: the first read is doubted and everything that it rests on is
 * read again at once; the second one confirms it, or takes it back. Idempotent.
 */
export function noteDoubt(before: ReleaseState, name: string, at: number): ReleaseState {
  const state = noteAnswers(before, name);
  const { doubt } = serviceOf(state, name);
  const found = findingOf(state, name, at);
  if (found !== null) {
    const { code, reads } = found;
    return doubt?.code === code ? state : raise(state, name, { phase: state.phase, code, since: at, reads });
  }
  return doubt !== null && doubt.reads.length === 0 ? withService(state, name, { doubt: null }) : state;
}

/** Leaves out what was answered, and a doubt of an earlier phase. */
function noteAnswers(state: ReleaseState, name: string): ReleaseState {
  const { doubt } = serviceOf(state, name);
  if (doubt === null) return state;
  if (doubt.phase !== state.phase) return withService(state, name, { doubt: null });
  const reads = doubt.reads.filter((read) => !isFresh(state, name, read));
  return reads.length === doubt.reads.length ? state : withService(state, name, { doubt: { ...doubt, reads } });
}

function isFresh(state: ReleaseState, name: string, read: Doubt['reads'][number]): boolean {
  const { routing, slots } = serviceOf(state, name);
  return read === 'routing' ? routing.fresh : slots[read].fresh;
}

function raise(state: ReleaseState, name: string, doubt: Doubt): ReleaseState {
  const asked = doubt.reads.reduce((each, read) => askAgain(each, name, read), state);
  return withService(asked, name, { doubt });
}

/** A read of a new generation starts at once, and nothing older counts. */
function askAgain(state: ReleaseState, name: string, read: Doubt['reads'][number]): ReleaseState {
  const { routing, slots } = serviceOf(state, name);
  const { generation } = read === 'routing' ? routing : slots[read];
  const anew = { fresh: false, generation: generation + 1 };
  return read === 'routing' ? withRouting(state, name, anew) : withSlot(state, name, read, anew);
}

/**
 * S14: before users are sent back, the slot that gets them is read; what is known of it may be several polls old. A read
 * that fails holds nobody up: nothing says then that the slot is sick.
 */
export function lookBeforeReturn(state: ReleaseState, phase: Phase, at: number): ReleaseState {
  return serviceNames(state).reduce((each, name) => {
    const active = serviceOf(each, name).roles?.active ?? null;
    if (active === null || !servesCandidate(each, name)) return each;
    return raise(each, name, { phase, code: wayBack, since: at, reads: [active] });
  }, state);
}

/** A read of this slot failed. What can't be confirmed is asked again; what was only asked to be careful is left. */
export function leaveUnanswered(state: ReleaseState, name: string, slot: Slot): ReleaseState {
  const { doubt, roles } = serviceOf(state, name);
  if (doubt === null || !doubt.reads.includes(slot)) return state;
  const isLeft = doubt.code === wayBack || (doubt.code === activeSick && slot === roles?.candidate);
  if (!isLeft) return state;
  return withService(state, name, { doubt: { ...doubt, reads: doubt.reads.filter((read) => read !== slot) } });
}
