import { BluegreenError, errorCodes } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { checkPolicy, compilePolicy } from './check.js';
import { type AnyPolicy, parsePolicy } from './policy.js';

const errors = { kind: 'threshold', maxRate: 0.01, window: '2m', minSamples: 50 };
const watched = { to: 5, hold: '5m' };
const cutover = { to: 100 };
const refused = 'refuse';
const warned = 'warn';

/** One policy per code that a policy alone can have: the code, the place, the severity, and a word of message or hint. */
const samples: readonly (readonly [string, string | undefined, string, string, unknown])[] = [
  ['policy/not-plain', 'shift', refused, 'a function', { shift: () => [cutover] }],
  ['policy/unknown-key', 'shift[0].hodl', refused, 'did you mean hold?', { shift: [{ to: 5, hodl: '5m' }, cutover] }],
  ['policy/unknown-key', 'toString', refused, '"toString"', { shift: [cutover], toString: 1 }],
  ['policy/missing-key', 'shift', refused, 'required', {}],
  ['policy/missing-key', 'bake.for', refused, 'required', { shift: [cutover], bake: { gates: [] } }],
  ['policy/wrong-type', undefined, refused, 'a list instead of an object', [cutover]],
  ['policy/wrong-type', 'bake', refused, 'null instead of an object', { shift: [cutover], bake: null }],
  ['policy/unknown-value', 'cohort', refused, 'did you mean sticky?', { shift: [cutover], cohort: 'stickey' }],
  ['policy/name-invalid', 'analyses["a b"]', refused, '"a b"', { shift: [cutover], analyses: { 'a b': errors } }],
  [
    'policy/name-invalid',
    'analyses.constructor',
    refused,
    'reserved',
    { shift: [cutover], analyses: { constructor: errors } },
  ],
  ['policy/duration-invalid', 'bake.for', refused, '"5min"', { shift: [cutover], bake: { for: '5min' } }],
  ['policy/duration-invalid', 'bake.for', refused, '300', { shift: [cutover], bake: { for: 300 } }],
  ['policy/out-of-range', 'bake.for', refused, '"0s"', { shift: [cutover], bake: { for: '0s' } }],
  ['policy/out-of-range', 'retire.after', refused, 'immediately', { shift: [cutover], retire: { after: '0s' } }],
  [
    'policy/out-of-range',
    'analyses.e.maxRate',
    refused,
    'one percent',
    { shift: [cutover], analyses: { e: { ...errors, maxRate: 1 } } },
  ],
  ['policy/weight-invalid', 'shift[0].to', refused, '12.34', { shift: [{ to: 12.34, hold: '1m' }, cutover] }],
  ['policy/weight-invalid', 'shift[0].to', refused, '0 instead', { shift: [{ to: 0, hold: '1m' }, cutover] }],
  ['policy/list-empty', 'shift', refused, 'empty', { shift: [] }],
  [
    'policy/list-empty',
    'verify.gates[0].from',
    refused,
    'empty',
    { shift: [cutover], verify: { gates: [{ approval: 'go', from: [], expires: '1h', onExpiry: 'rollback' }] } },
  ],
  [
    'policy/gate-unclear',
    'verify.gates[0]',
    refused,
    'did you mean analysis?',
    { shift: [cutover], verify: { gates: [{ analisys: 'e' }] } },
  ],
  [
    'policy/gate-unclear',
    'verify.gates[0]',
    refused,
    'it has check and wait',
    { shift: [cutover], verify: { gates: [{ check: 'smoke', wait: '1m' }] } },
  ],
  ['policy/step-unclear', 'shift[0]', refused, 'it has none of audience or to', { shift: [{ hold: '1m' }, cutover] }],
  [
    'policy/audience-unclear',
    'audiences.a',
    refused,
    'it has header and cookie',
    { shift: [cutover], audiences: { a: { header: 'a', cookie: 'b', equals: '1' } } },
  ],
  [
    'policy/match-invalid',
    'audiences.a.header',
    refused,
    '"x y"',
    { shift: [cutover], audiences: { a: { header: 'x y', equals: '1' } } },
  ],
  [
    'policy/match-invalid',
    'audiences.a.equals',
    refused,
    'printable',
    { shift: [cutover], audiences: { a: { cookie: 'x', equals: 'a;b' } } },
  ],
  [
    'policy/source-range-invalid',
    'audiences.a.sourceRanges[0]',
    refused,
    'begins at 10.0.0.0/8',
    { shift: [cutover], audiences: { a: { sourceRanges: ['10.0.0.1/8'] } } },
  ],
  [
    'policy/approval-without-expiry',
    'verify.gates[0].expires',
    refused,
    'expiry',
    { shift: [cutover], verify: { gates: [{ approval: 'go', from: ['sre'], onExpiry: 'rollback' }] } },
  ],
  [
    'policy/unknown-analysis',
    'bake.gates[0].analysis',
    refused,
    'did you mean errors?',
    { shift: [cutover], analyses: { errors }, bake: { for: '5m', gates: [{ analysis: 'erors' }] } },
  ],
  [
    'policy/unknown-analysis',
    'guardrails[0]',
    refused,
    'none is defined',
    { shift: [cutover], guardrails: ['errors'] },
  ],
  [
    'policy/unknown-audience',
    'shift[0].audience',
    refused,
    'there are internal',
    { shift: [{ audience: 'office', hold: '1m' }, cutover], audiences: { internal: { header: 'a', equals: '1' } } },
  ],
  [
    'policy/unknown-check',
    'verify.gates[0].check',
    refused,
    'did you mean smoke?',
    { shift: [cutover], verify: { gates: [{ check: 'smok' }] } },
  ],
  [
    'policy/guardrail-repeated',
    'guardrails[1]',
    refused,
    '"errors"',
    { shift: [cutover], analyses: { errors }, guardrails: ['errors', 'errors'] },
  ],
  [
    'policy/gate-repeated',
    'bake.gates[1]',
    refused,
    '"wait"',
    { shift: [cutover], bake: { for: '5m', gates: [{ wait: '1m' }, { wait: '2m' }] } },
  ],
  [
    'policy/audience-repeated',
    'shift[1].audience',
    refused,
    '"internal"',
    {
      shift: [{ audience: 'internal', hold: '1m' }, { audience: 'internal', hold: '1m' }, cutover],
      audiences: { internal: { header: 'a', equals: '1' } },
    },
  ],
  [
    'policy/audience-unused',
    'audiences.internal',
    warned,
    'No step',
    { shift: [cutover], audiences: { internal: { header: 'a', equals: '1' } } },
  ],
  ['policy/analysis-unused', 'analyses.errors', warned, 'No gate', { shift: [cutover], analyses: { errors } }],
  [
    'policy/audience-everyone',
    'audiences.a.sourceRanges[1]',
    warned,
    '"::/0"',
    { shift: [{ audience: 'a', hold: '1m' }, cutover], audiences: { a: { sourceRanges: ['10.0.0.0/8', '::/0'] } } },
  ],
  ['policy/shift-not-growing', 'shift[1].to', refused, '5 after 5', { shift: [watched, watched, cutover] }],
  [
    'policy/shift-not-growing',
    'shift[1].to',
    refused,
    '2 after 5',
    { shift: [watched, { to: 2, hold: '1m' }, cutover] },
  ],
  ['policy/shift-incomplete', 'shift', refused, 'it ends at 5', { shift: [watched] }],
  ['policy/step-after-cutover', 'shift[1]', refused, 'never be reached', { shift: [cutover, watched] }],
  ['policy/step-unwatched', 'shift[0]', warned, 'Nobody looks', { shift: [{ to: 5 }, cutover] }],
  [
    'policy/analysis-before-traffic',
    'verify.gates[0].analysis',
    warned,
    'no users',
    { shift: [cutover], analyses: { errors }, verify: { gates: [{ analysis: 'errors' }] } },
  ],
  ['policy/bake-unwatched', 'bake', warned, 'No analysis', { shift: [cutover], bake: { for: '5m' } }],
  [
    'policy/longer-than-total',
    'shift[0].hold',
    refused,
    '2h, limits.total is 1h',
    { shift: [{ to: 5, hold: '2h' }, cutover], limits: { total: '1h' } },
  ],
  [
    'policy/longer-than-total',
    'bake.for',
    refused,
    '2d, limits.total is 1d',
    { shift: [cutover], bake: { for: '2d' } },
  ],
  [
    'policy/longer-than-total',
    'verify.gates[0].expires',
    refused,
    '2h',
    {
      shift: [cutover],
      verify: { gates: [{ approval: 'go', from: ['sre'], expires: '2h', onExpiry: 'rollback' }] },
      limits: { total: '1h' },
    },
  ],
  [
    'policy/sum-longer-than-total',
    'limits.total',
    refused,
    'at least 1h30m',
    { shift: [{ to: 5, hold: '45m' }, cutover], bake: { for: '45m' }, limits: { total: '1h' } },
  ],
  [
    'policy/window-too-long',
    'shift[0].gates[0].analysis',
    refused,
    'given up after 11m',
    {
      shift: [{ to: 5, hold: '1m', gates: [{ analysis: 'e' }] }, cutover],
      analyses: { e: { ...errors, window: '12m' } },
      limits: { decide: '10m' },
    },
  ],
  [
    'policy/every-too-long',
    'analyses.e.every',
    refused,
    'every 3m, window 2m',
    { shift: [cutover], analyses: { e: { ...errors, every: '3m' } } },
  ],
  [
    'policy/check-too-long',
    'verify.gates[0].check',
    refused,
    '10 attempts take up to 50m',
    { shift: [cutover], verify: { gates: [{ check: 'smoke', timeout: '5m', attempts: 10 }] } },
  ],
  ['policy/poll-too-long', 'limits.poll', refused, 'poll 5m', { shift: [cutover], limits: { poll: '5m' } }],
  ['policy/poll-too-long', 'limits.settle', refused, 'settle 1s', { shift: [cutover], limits: { settle: '1s' } }],
];

describe('what is wrong with a policy is found at its place', () => {
  it.each(samples)('%s at %s', (code, path, severity, words, value) => {
    const findings = checkPolicy(value, { checks: ['smoke'] });
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
    expect(checkPolicy(policy, { checks: ['smoke'] })).toEqual([]);
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

  it('may leave keys undefined, as in an object built by hand', () => {
    expect(checkPolicy({ shift: [{ to: 100, hold: undefined }], bake: undefined })).toEqual([]);
  });
});
