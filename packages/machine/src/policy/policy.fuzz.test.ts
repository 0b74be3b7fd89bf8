import { isBluegreenError } from '@bluegreen/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompiledPolicy } from '../compiled-policy.js';
import { checkPolicy, compilePolicy, parsePolicy } from './check.js';
import { accepts } from './json-schema.fixture.js';
import { policyJsonSchema } from './json-schema.js';
import { type Mutation, mutate, mutation, validPolicy } from './policy.fixture.js';
import type { AnyPolicy } from './policy.js';

// `BLUEGREEN_FUZZ_RUNS=1000000` for a long night.
const numRuns = Number(process.env.BLUEGREEN_FUZZ_RUNS ?? 2_000);
/** Only so that a hang ends; a run takes about a millisecond. */
const timeout = 60_000 + numRuns * 20;

function refusalsOf(value: unknown): readonly string[] {
  return checkPolicy(value).flatMap(({ severity, code, path }) => (severity === 'refuse' ? [`${code} ${path}`] : []));
}

/** A write to it throws, so that no check can change what it was given. */
function freeze<T>(value: T): T {
  const isPlain = Array.isArray(value) || (typeof value === 'object' && value !== null && isObject(value));
  if (!isPlain || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key of Object.keys(value)) freeze((value as Record<string, unknown>)[key]);
  return value;
}

function isObject(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function mutated(policy: object, mutations: readonly Mutation[]): object {
  const copy = structuredClone(policy);
  for (const each of mutations) mutate(copy, each);
  return freeze(copy);
}

const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });

describe('property: a valid policy', () => {
  it('is taken, compiles, and reads back the same', { timeout }, () => {
    fc.assert(
      fc.property(validPolicy, (policy) => {
        expect(refusalsOf(freeze(policy))).toEqual([]);
        expect(parsePolicy(policy)).toEqual(policy);
        expectSound(compilePolicy(policy as AnyPolicy));
      }),
      { numRuns: Math.ceil(numRuns / 4) },
    );
  });

  it('is taken by the published JSON Schema too', { timeout }, () => {
    const schema = policyJsonSchema();
    fc.assert(
      fc.property(validPolicy, (policy) => {
        expect(accepts(schema, policy)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('property: a mutated policy (S46)', () => {
  it('is refused with a code and a place, or compiles; it is never changed, and nothing else is thrown', {
    timeout,
  }, () => {
    let refused = 0;
    fc.assert(
      fc.property(validPolicy, mutations, (policy, changes) => {
        const value = mutated(policy, changes);
        const refusals = refusalsOf(value);
        if (refusals.length === 0) return expectSound(compilePolicy(value as AnyPolicy));
        refused += 1;
        const error = thrownBy(() => compilePolicy(value as AnyPolicy));
        expect(isBluegreenError(error) && error.code.startsWith('policy/')).toBe(true);
        expect(isBluegreenError(error) && `${error.code} ${error.path}`).toBe(refusals[0]);
      }),
      { numRuns },
    );
    // A fuzz that is refused always, or never, would show nothing.
    expect(refused).toBeGreaterThan(numRuns * 0.3);
    expect(refused).toBeLessThan(numRuns * 0.99);
  });

  it('that the checks take is taken by the published JSON Schema; what only the schema takes is no matter of shape', {
    timeout,
  }, () => {
    const schema = policyJsonSchema();
    const beyondSchema =
      /unknown-analysis|unknown-audience|repeated|shift-|step-after|-total|too-long|weight-invalid|out-of-range|source-range|name-invalid/;
    fc.assert(
      fc.property(validPolicy, mutations, (policy, changes) => {
        const value = mutated(policy, changes);
        const refusals = refusalsOf(value);
        if (refusals.some((refusal) => refusal.startsWith('policy/not-plain'))) return;
        const isAccepted = accepts(schema, withoutUndefined(value));
        if (refusals.length === 0) expect(isAccepted).toBe(true);
        if (isAccepted) for (const refusal of refusals) expect(refusal).toMatch(beyondSchema);
      }),
      { numRuns },
    );
  });

  it('and anything at all, get an answer', { timeout }, () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }), (value) => {
        expect(checkPolicy(freeze(value)).some(({ severity }) => severity === 'refuse')).toBe(true);
      }),
      { numRuns },
    );
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return null;
}

/** The checks take keys without a value; JSON has none. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return value;
  const present = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(present.map(([key, item]) => [key, withoutUndefined(item)]));
}

/** What the machine relies on without looking. */
function expectSound(policy: CompiledPolicy): void {
  const { verify, shift, bake, guardrails, analyses, audiences, limits } = policy;
  const gates = [verify, ...shift, bake].flatMap((place) => place.gates).concat(guardrails);
  expect(new Set(gates.map(({ id }) => id)).size).toBe(gates.length);
  for (const gate of gates) if (gate.kind === 'analysis') expect(Object.hasOwn(analyses, gate.analysis)).toBe(true);
  const percents = shift.map(({ percent }) => percent);
  expect(percents).toEqual([...percents].sort((a, b) => a - b));
  expect(percents.filter((percent) => percent === 100)).toHaveLength(1);
  expect(percents.at(-1)).toBe(100);
  expect(shift.at(-1)!.audiences).toEqual([]);
  for (const step of shift) for (const name of step.audiences) expect(Object.hasOwn(audiences, name)).toBe(true);
  const milliseconds = [...numbersOf(policy, /Ms$/)];
  expect(milliseconds.every((ms) => Number.isSafeInteger(ms) && ms >= 0)).toBe(true);
  expect(limits.pollMs).toBeLessThan(limits.settleMs);
  expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
}

function* numbersOf(value: unknown, named: RegExp, key = ''): Generator<number> {
  if (typeof value === 'number' && named.test(key)) yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) yield* numbersOf(item, named, name);
}
