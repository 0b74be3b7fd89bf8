import { pointsAt, type Slot } from '@bluegreen/contract';
import { expect } from 'vitest';
import { refusal } from './commands.js';
import type { Effect } from './effects.js';
import type { CommandFact, Fact } from './events.js';
import { explain } from './explain.js';
import { nextState } from './next-state.js';
import type { ReleaseState } from './state.js';
import type { Walk } from './walk.fixture.js';
import { effectsFor, isEnd, wakeAt } from './wanted-effects.js';

type Write = Effect & { readonly kind: 'route' | 'converge' };

/** Freezes the whole value; parts that are shared with an earlier state are frozen already. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}

/** Paths and values in which two states differ, for messages that can be read. */
export function changes(before: unknown, after: unknown, path = ''): string[] {
  if (Object.is(before, after)) return [];
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null) {
    return [`${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const inside = (key: string): string[] =>
    changes((before as Record<string, unknown>)[key], (after as Record<string, unknown>)[key], `${path}.${key}`);
  return keys.flatMap(inside);
}

/** The very same object, not only an equal one: nobody journals a fact that changed nothing. */
function expectSame(what: string, before: ReleaseState, after: ReleaseState): void {
  if (before === after) return;
  throw new Error(`not ${what}: ${changes(before, after).join(', ') || 'equal, but another object'}`);
}

/** What every decision must be, whatever the fact: pure, total, a fixed point, and plain data. */
export function checkDecision(before: ReleaseState, fact: Fact, after: ReleaseState): void {
  // The plan never changes; to copy it each time would be most of the work.
  const copy = { ...JSON.parse(JSON.stringify({ ...before, plan: null })), plan: before.plan } as ReleaseState;
  const [stored, decided] = [changes(copy, before), changes(nextState(copy, fact), after)];
  if (stored.length + decided.length > 0) throw new Error(`not plain data: ${[...stored, ...decided].join(', ')}`);
  const again: Fact = { type: 'time-passed', at: fact.at };
  expectSame('a fixed point', after, nextState(after, again));
  const repeatable =
    fact.type.endsWith('-observed') || fact.type === 'observation-failed' || fact.type === 'gate-judged';
  // What is asked again may decide when it is told again.
  if (repeatable && !isAskedAgain(after)) expectSame(`kept by the same ${fact.type}`, after, nextState(after, fact));
}

function isAskedAgain({ services }: ReleaseState): boolean {
  return Object.values(services).some(({ doubt }) => doubt !== null && doubt.reads.length > 0);
}

/** What is wanted is well formed, and there is always something to wait for. */
export function checkWanted(state: ReleaseState, at: number): void {
  const effects = effectsFor(state);
  const keys = new Set(effects.map(({ key }) => key));
  const many = (kind: Effect['kind']): boolean => effects.filter((effect) => effect.kind === kind).length > 1;
  if (keys.size < effects.length || many('route') || many('converge')) throw new Error(`wanted twice: ${[...keys]}`);
  const wake = wakeAt(state, at);
  if (wake !== null && wake <= at) throw new Error(`wakes at ${wake}, which is not after ${at}`);
  if (isEnd(state)) {
    if (effects.length > 0 || wake !== null) throw new Error(`an end wants something: ${[...keys]}, ${wake}`);
    return;
  }
  if (effects.length === 0) throw new Error(`nothing to wait for in ${state.phase}`);
  // Until then nothing changes by time alone.
  const last = wake === null ? at + 1e10 : wake - 1;
  for (const quiet of [at + Math.floor((last - at) / 2), last]) {
    expectSame(`quiet until ${wake}`, state, nextState(state, { type: 'time-passed', at: quiet }));
  }
}

/** What `explain` offers is not refused. */
export function checkExplained(state: ReleaseState, at: number): void {
  const { sentence, nextSteps } = explain(state);
  expect(sentence).toMatch(/^[A-Zaw].*\.$/);
  expect(sentence).not.toMatch(/undefined|null|NaN|\.\.|, \.|: \./);
  for (const step of nextSteps) {
    const name = /^releaser\.(\w+)\(/.exec(step)?.[1];
    if (name === undefined) continue;
    const fact = commandFact(name, step, at);
    expect([step, refusal(state, fact)]).toEqual([step, null]);
  }
}

function commandFact(name: string, step: string, at: number): CommandFact {
  const said = { at, command: 'never used', by: 'ann', reason: 'because' };
  const gate = /'([^']*)', \{/.exec(step)?.[1] ?? '';
  switch (name) {
    case 'skipGate':
      return { type: 'gate-skip-requested', gate, ...said };
    case 'approve':
      // By somebody who did not approve yet.
      return { type: 'approval-granted', gate, ...said, by: 'zoe' };
    case 'rollback':
      return { type: 'rollback-requested', abort: false, ...said };
    case 'pause':
    case 'resume':
    case 'retry':
      return { type: `${name}-requested`, ...said };
    default:
      throw new Error(`explain names ${name}, which is no command`);
  }
}

/** What must hold when a write leaves, judged by the world and not by what the machine believes. */
export function checkBegun(effect: Write, walk: Walk): void {
  const { state } = walk;
  const { routing, roles } = state.services.web!;
  expect(routing.drifted).toBeNull();
  expect(routing.suspect).toBeNull();
  if (effect.kind === 'route') {
    const share = (target: { weights: Record<Slot, number> } | null): number => target?.weights[roles!.candidate] ?? 0;
    const isForward = share(effect.target) > share(routing.seen!.target);
    if (isForward && state.paused !== null) expect('a forward shift').toBe('held while paused');
    if (isForward && state.phase === 'rolling-back') expect('a forward shift').toBe('never while rolling back');
    return;
  }
  const { slot } = effect.target;
  for (const flight of walk.flights) {
    if (flight.until <= walk.at || flight.effect.kind !== 'route' || !walk.isTaken(flight)) continue;
    if (pointsAt(flight.effect.target, slot))
      expect(`${effect.key} began`).toBe('after every write that may still land');
  }
  if (!walk.isEditedUnread && walk.target !== null) expect(pointsAt(walk.target, slot)).toBe(false);
}

/** The end keeps what it says, unless somebody edited the router after the last read. */
export function checkEnd(walk: Walk): void {
  const { state } = walk;
  if (state.phase !== 'promoted' && state.phase !== 'rolled-back') return;
  const late = walk.flights.filter(
    (flight) => flight.effect.kind === 'route' && flight.until > walk.at && walk.isTaken(flight),
  );
  expect(late.map(({ effect }) => effect.key)).toEqual([]);
  const { roles } = state.services.web!;
  if (walk.isEditedUnread || walk.foreign || roles === null) return;
  if (state.phase === 'promoted') {
    expect(walk.target?.weights[roles.candidate]).toBe(100);
  } else if (roles.active !== null) {
    expect(walk.target?.weights[roles.active]).toBe(100);
  }
}
