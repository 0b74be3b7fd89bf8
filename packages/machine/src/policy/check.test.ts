import { BluegreenError, errorCodes } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { checkPolicy, compilePolicy, parsePolicy } from './check.js';
import { cutover, errors, samples } from './check-samples.fixture.js';
import type { AnyPolicy } from './policy.js';

describe('what is wrong with a policy is found at its place', () => {
  it.each(samples)('%s at %s', (code, path, severity, words, value) => {
    const findings = checkPolicy(value, { checks: ['smoke'], webhooks: ['board'], hooks: ['warm'] });
    const found = findings.filter((finding) => finding.code === code && finding.path === path);
    expect(found).toHaveLength(1);
    expect(found[0]!.severity).toBe(severity);
    expect(`${found[0]!.message} ${found[0]!.hint}`).toContain(words);
    const refusals = findings.filter((finding) => finding.severity === 'refuse');
    expect(refusals.map((finding) => finding.code)).toEqual(severity === 'refuse' ? [code] : []);
  });

  it('and there is a sample of every code', () => {
    const codes = Object.keys(errorCodes).filter((code) => /^policy\/(?!capability-)/.test(code));
    expect(new Set(samples.map(([code]) => code))).toEqual(new Set(codes));
  });
});

it('a last step that can not be read is not reported as missing too', () => {
  expect(checkPolicy({ shift: [{ to: 1_000 }] }).map(({ code }) => code)).toEqual(['policy/weight-invalid']);
});

describe('every problem is reported at once', () => {
  const broken = {
    audiences: { internal: { header: 'x internal', equals: '1' } },
    analyses: { errors: { ...errors, kind: 'treshold' }, latency: 5 },
    shift: [
      { audience: 'intern', hold: '5min' },
      { to: 5, gates: [{ analysis: 'erors' }, { analysis: 'latency' }, { chek: 'smoke' }] },
      { to: 5 },
      { to: 40, hodl: '1m', hold: 3 },
    ],
    guardrials: ['errors'],
    limits: { totl: '4h', attempts: 0 },
  };

  it('and one mistake neither hides the others nor makes new ones', () => {
    const findings = checkPolicy(broken).map(({ code, path }) => `${code} ${path}`);
    expect(findings.sort()).toEqual([
      'policy/duration-invalid shift[0].hold',
      'policy/duration-invalid shift[3].hold',
      'policy/gate-unclear shift[1].gates[2]',
      'policy/match-invalid audiences.internal.header',
      'policy/out-of-range limits.attempts',
      'policy/shift-incomplete shift',
      'policy/shift-not-growing shift[2].to',
      'policy/unknown-analysis shift[1].gates[0].analysis',
      'policy/unknown-audience shift[0].audience',
      'policy/unknown-key guardrials',
      'policy/unknown-key limits.totl',
      'policy/unknown-key shift[3].hodl',
      'policy/unknown-value analyses.errors.kind',
      'policy/wrong-type analyses.latency',
    ]);
  });

  it('by an error that has the first one as its own and all of them as findings', () => {
    let thrown: unknown;
    try {
      parsePolicy(broken);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(BluegreenError);
    const error = thrown as BluegreenError;
    expect(error.findings).toEqual(checkPolicy(broken));
    expect(error).toMatchObject({
      code: error.findings[0]!.code,
      path: error.findings[0]!.path,
      reaction: 'permanent',
    });
    expect(error.hint).toBe(error.findings[0]!.hint);
    expect(error.message).toContain(error.findings[0]!.message);
  });
});

describe('a policy that is right', () => {
  it('has no findings, and the smallest one is one step', () => {
    expect(checkPolicy({ shift: [{ to: 100 }] })).toEqual([]);
  });

  it('may be one of the house plan', () => {
    const policy = {
      audiences: { internal: { header: 'x-internal', equals: '1' } },
      analyses: { errors },
      prepare: { readyWithin: '10m', capacity: 'match-active' },
      verify: {
        gates: [{ check: 'smoke' }, { approval: 'go-live', from: ['sre'], expires: '1h', onExpiry: 'rollback' }],
      },
      shift: [
        { audience: 'internal', hold: '10m' },
        { to: 5, hold: '5m', gates: [{ analysis: 'errors' }] },
        { to: 50, hold: '10m', gates: [{ analysis: 'errors' }] },
        { to: 100 },
      ],
      guardrails: ['errors'],
      bake: { for: '30m', gates: [{ analysis: 'errors' }] },
      retire: { after: '1h', candidate: 'keep' },
      limits: { total: '4h' },
    };
    expect(checkPolicy(policy, { checks: ['smoke'], webhooks: ['board'], hooks: ['warm'] })).toEqual([]);
    expect(parsePolicy(policy)).toEqual(policy);
    expect(parsePolicy(policy)).not.toBe(policy);
  });

  it('may have an analysis and a check of one name in different places', () => {
    const policy = {
      analyses: { errors },
      verify: { gates: [{ check: 'errors' }] },
      shift: [cutover],
      bake: { for: '5m', gates: [{ analysis: 'errors' }] },
    };
    expect(checkPolicy(policy)).toEqual([]);
  });

  it('with warnings compiles, and the warnings are no refusal', () => {
    const policy: AnyPolicy = { shift: [{ to: 5 }, { to: 100 }] };
    expect(checkPolicy(policy).map(({ severity }) => severity)).toEqual(['warn']);
    expect(compilePolicy(policy).shift).toHaveLength(2);
  });

  it('may use all the time that there is', () => {
    const policy = {
      analyses: { errors: { ...errors, window: '40m', every: '40m' } },
      verify: { gates: [{ check: 'smoke', timeout: '5m', attempts: 6 }] },
      shift: [{ to: 5, hold: '10m', gates: [{ analysis: 'errors' }] }, cutover],
      bake: { for: '20m' },
      guardrails: ['errors'],
      limits: { total: '1h', decide: '30m' },
    };
    expect(checkPolicy(policy)).toEqual([]);
    expect(checkPolicy({ shift: [{ to: 5, hold: '24h' }, cutover] })).toEqual([]);
  });

  it('may have its bake watched by a guardrail, but not by a dry run', () => {
    const policy = { analyses: { errors }, shift: [cutover], bake: { for: '5m' } };
    expect(checkPolicy({ ...policy, guardrails: ['errors'] })).toEqual([]);
    const dryRun = { ...policy, bake: { for: '5m', gates: [{ analysis: 'errors', dryRun: true }] } };
    expect(checkPolicy(dryRun).map(({ code }) => code)).toEqual(['policy/bake-unwatched']);
  });

  it('may leave keys undefined, as in an object built by hand', () => {
    expect(checkPolicy({ shift: [{ to: 100, hold: undefined }], bake: undefined })).toEqual([]);
  });
});
