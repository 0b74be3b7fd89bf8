import type * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import type { compilePolicy } from './check.js';
import { parsePolicy } from './check.js';
import { type AnyPolicy, definePolicy, type Policy } from './policy.js';
import type { policySchema } from './schema.js';

// The type check of the tests is the test: it fails when a line below `@ts-expect-error` compiles.

const analyses = { errors: { kind: 'threshold', maxRate: 0.01, window: '2m', minSamples: 50 } } as const;
const audiences = { internal: { header: 'x-internal', equals: '1' } } as const;

describe('a policy that is right compiles', () => {
  it('the smallest one, and one with everything', () => {
    definePolicy({ shift: [{ to: 100 }] });
    definePolicy({
      audiences: {
        ...audiences,
        office: { sourceRanges: ['10.0.0.0/8'] },
        testers: { cookie: 'tester', equals: 'yes' },
      },
      analyses,
      cohort: 'sticky',
      prepare: { readyWithin: '10m', capacity: 3 },
      verify: { gates: [{ check: 'smoke', timeout: '30s', attempts: 3, dryRun: true }] },
      shift: [
        { audience: 'internal', hold: '10m' },
        { audience: 'office' },
        { to: 5, hold: '5m', gates: [{ analysis: 'errors', onFailure: 'pause' }] },
        { to: 50, gates: [{ approval: 'go-live', from: ['sre'], expires: '1h', onExpiry: 'rollback' }] },
        { to: 100 },
      ],
      guardrails: ['errors'],
      bake: { for: '30m', gates: [{ wait: '10m', name: 'lunch' }] },
      retire: { after: 'immediately', candidate: 'retire', drain: '0s' },
      limits: { total: '4h', attempts: 3 },
    });
  });

  it('and knows the names of its checks', () => {
    const policy = definePolicy({ verify: { gates: [{ check: 'smoke' }] }, shift: [{ to: 100 }] });
    expectTypeOf(policy).toEqualTypeOf<Policy<'smoke', never, never>>();
    expectTypeOf(policy).toExtend<Policy<'smoke' | 'load'>>();
    expectTypeOf(policy).not.toExtend<Policy<'load'>>();
    expectTypeOf(policy).toExtend<Policy>();
    expectTypeOf(policy).toExtend<Parameters<typeof compilePolicy>[0]>();
  });

  it('one from a file goes wherever a typed one goes', () => {
    expectTypeOf(parsePolicy).returns.toEqualTypeOf<AnyPolicy>();
    expectTypeOf<AnyPolicy>().toExtend<Policy<'smoke', 'errors', 'internal'>>();
  });

  it('and the types say the same as the schema', () => {
    type Schema = v.InferInput<ReturnType<typeof policySchema>>;
    type DeepReadonly<T> = { readonly [Key in keyof T]: DeepReadonly<T[Key]> };
    type KeysOf<T> = T extends unknown ? keyof T : never;
    type GateOf<T extends { bake?: unknown }> =
      NonNullable<T['bake']> extends { gates?: infer List }
        ? NonNullable<List>[number & keyof NonNullable<List>]
        : never;
    type StepOf<T extends { shift: readonly unknown[] }> = T['shift'][number];
    expectTypeOf<Policy>().toExtend<DeepReadonly<Schema>>();
    expectTypeOf<keyof Policy>().toEqualTypeOf<keyof Schema>();
    expectTypeOf<KeysOf<GateOf<Policy>>>().toEqualTypeOf<KeysOf<GateOf<Schema>>>();
    expectTypeOf<KeysOf<StepOf<Policy>>>().toEqualTypeOf<KeysOf<StepOf<Schema>>>();
    expectTypeOf<keyof NonNullable<Policy['prepare']>>().toEqualTypeOf<keyof NonNullable<Schema['prepare']>>();
    expectTypeOf<keyof NonNullable<Policy['retire']>>().toEqualTypeOf<keyof NonNullable<Schema['retire']>>();
    expectTypeOf<keyof NonNullable<Policy['limits']>>().toEqualTypeOf<keyof NonNullable<Schema['limits']>>();
    expectTypeOf<KeysOf<NonNullable<Policy['analyses']>[string]>>().toEqualTypeOf<
      KeysOf<NonNullable<Schema['analyses']>[string]>
    >();
  });
});

describe('a policy that is wrong does not compile', () => {
  it('misspelt keys', () => {
    // @ts-expect-error the key is guardrails
    definePolicy({ shift: [{ to: 100 }], guardrail: [] });
    // @ts-expect-error the key is hold
    definePolicy({ shift: [{ to: 5, hodl: '5m' }, { to: 100 }] });
    // @ts-expect-error the key is maxRate
    definePolicy({ analyses: { errors: { ...analyses.errors, maxRatio: 2 } }, shift: [{ to: 100 }] });
    // @ts-expect-error the key is attempts
    definePolicy({ verify: { gates: [{ check: 'smoke', attempt: 2 }] }, shift: [{ to: 100 }] });
    // @ts-expect-error the key is readyWithin
    definePolicy({ prepare: { readyIn: '10m' }, shift: [{ to: 100 }] });
    // @ts-expect-error the key is total
    definePolicy({ limits: { totals: '4h' }, shift: [{ to: 100 }] });
  });

  it('keys of another kind of gate, and two kinds at once', () => {
    // @ts-expect-error a check does not expire
    definePolicy({ verify: { gates: [{ check: 'smoke', expires: '1h' }] }, shift: [{ to: 100 }] });
    // @ts-expect-error one gate, one kind
    definePolicy({ analyses, verify: { gates: [{ check: 'smoke', analysis: 'errors' }] }, shift: [{ to: 100 }] });
    // @ts-expect-error one step, one kind
    definePolicy({ audiences, shift: [{ audience: 'internal', to: 5 }, { to: 100 }] });
    // @ts-expect-error one audience, one way
    definePolicy({ audiences: { both: { header: 'a', cookie: 'b', equals: '1' } }, shift: [{ to: 100 }] });
  });

  it('misspelt names', () => {
    // @ts-expect-error the analysis is errors
    definePolicy({ analyses, shift: [{ to: 5, gates: [{ analysis: 'erors' }] }, { to: 100 }] });
    // @ts-expect-error the analysis is errors
    definePolicy({ analyses, shift: [{ to: 100 }], bake: { for: '5m', gates: [{ analysis: 'latency' }] } });
    // @ts-expect-error the guardrail is errors
    definePolicy({ analyses, guardrails: ['errorz'], shift: [{ to: 100 }] });
    // @ts-expect-error the audience is internal
    definePolicy({ audiences, shift: [{ audience: 'intern' }, { to: 100 }] });
    // @ts-expect-error no analysis is defined
    definePolicy({ guardrails: ['errors'], shift: [{ to: 100 }] });
    // @ts-expect-error no audience is defined
    definePolicy({ shift: [{ audience: 'internal' }, { to: 100 }] });
  });

  it('values that are none', () => {
    // @ts-expect-error the unit is m
    definePolicy({ shift: [{ to: 5, hold: '5min' }, { to: 100 }] });
    // @ts-expect-error a duration is text
    definePolicy({ shift: [{ to: 5, hold: 300 }, { to: 100 }] });
    // @ts-expect-error no such cohort
    definePolicy({ cohort: 'stickey', shift: [{ to: 100 }] });
    // @ts-expect-error an approval says when it expires and what then
    definePolicy({ verify: { gates: [{ approval: 'go', from: ['sre'] }] }, shift: [{ to: 100 }] });
    // @ts-expect-error the shift is required
    definePolicy({});
  });
});
