import fc from 'fast-check';

const names = ['errors', 'latency', 'smoke', 'go-live', 'a', 'Z_9', 'toString2'] as const;
const minutes = (most: number) => fc.integer({ min: 1, max: most }).map((count) => `${count}m`);
const optional = <T extends object>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record(model, { requiredKeys: [] });
const onFailure = fc.constantFrom('rollback', 'pause');

/** Short enough for every place: a gate has 30 minutes to decide. */
const threshold = fc.record(
  {
    kind: fc.constant('threshold'),
    maxRate: fc.double({ min: 0, max: 0.99, noNaN: true }),
    window: minutes(20),
    minSamples: fc.integer({ min: 1, max: 10_000 }),
    every: fc.constantFrom('5s', '30s', '1m'),
  },
  { requiredKeys: ['kind', 'maxRate', 'window', 'minSamples'] },
);

const compared = {
  minSamples: fc.integer({ min: 1, max: 10_000 }),
  minTime: minutes(20),
  falsePass: fc.constantFrom(0.01, 0.05),
  every: fc.constantFrom('5s', '15s', '1m'),
};

const errorRatio = fc.record(
  {
    kind: fc.constant('error-ratio'),
    maxRatio: fc.constantFrom(1.5, 2, 10),
    maxRate: fc.constantFrom(0.01, 0.2),
    failAbove: fc.constantFrom(1, 1.2),
    harmlessRate: fc.constantFrom(0, 0.001),
    ...compared,
  },
  { requiredKeys: ['kind', 'maxRatio', 'maxRate'] },
);

const analysis = fc.oneof(threshold, errorRatio);

const audience = fc.oneof(
  fc.record({ header: fc.constantFrom('x-internal', 'X_A'), equals: fc.constantFrom('1', 'a b') }),
  fc.record({ cookie: fc.constantFrom('tester', 'c'), equals: fc.constantFrom('yes', '1=2') }),
  fc.record({ sourceRanges: fc.subarray(['10.0.0.0/8', '2001:db8::/32', '::1/128'], { minLength: 1 }) }),
);

function gateOf(analyses: readonly string[]): fc.Arbitrary<object> {
  const name = fc.constantFrom(...names);
  const check = fc.record(
    {
      check: name,
      timeout: fc.constantFrom('10s', '2m'),
      attempts: fc.integer({ min: 1, max: 10 }),
      onFailure,
      dryRun: fc.boolean(),
    },
    { requiredKeys: ['check'] },
  );
  const approval = fc.record(
    {
      approval: name,
      from: fc.constantFrom(['sre'], ['sre', 'a person']),
      expires: minutes(600),
      onExpiry: fc.constantFrom('rollback', 'continue'),
      count: fc.integer({ min: 1, max: 20 }),
      byRequester: fc.constantFrom('refused', 'allowed'),
    },
    { requiredKeys: ['approval', 'from', 'expires', 'onExpiry'] },
  );
  const webhook = fc.record(
    { webhook: name, expires: minutes(600), timeout: fc.constantFrom('1s', '30s'), onFailure, dryRun: fc.boolean() },
    { requiredKeys: ['webhook', 'expires'] },
  );
  const wait = fc.record({ wait: minutes(30), name }, { requiredKeys: ['wait'] });
  if (analyses.length === 0) return fc.oneof(check, approval, webhook, wait);
  const analysed = fc.record(
    { analysis: fc.constantFrom(...analyses), onFailure, dryRun: fc.boolean() },
    { requiredKeys: ['analysis'] },
  );
  return fc.oneof(check, approval, webhook, wait, analysed);
}

function nameOf(gate: object): unknown {
  const { check, approval, analysis: name, webhook, wait, name: own } = gate as Record<string, unknown>;
  return check ?? approval ?? name ?? webhook ?? (wait === undefined ? undefined : (own ?? 'wait'));
}

function stepsOf(audiences: readonly string[], gates: fc.Arbitrary<object[]>): fc.Arbitrary<object[]> {
  const percents = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 5 });
  const rest = optional({ hold: minutes(60), gates });
  const details = fc.array(rest, { minLength: 12, maxLength: 12 });
  const mirrors = fc.array(fc.record({ mirror: fc.constantFrom(0.1, 25, 100) }), { maxLength: 2 });
  return fc
    .tuple(percents, fc.shuffledSubarray([...audiences]), details, fc.nat(100), mirrors)
    .map(([tenths, people, details, place, copied]) => {
      const steps: object[] = tenths.sort((a, b) => a - b).map((percent) => ({ to: percent / 10 }));
      for (const [index, name] of people.entries()) {
        steps.splice((place + index) % (steps.length + 1), 0, { audience: name });
      }
      return [...copied, ...steps, { to: 100 }].map((step, index) => ({ ...step, ...details[index] }));
    });
}

/** Any policy that every check takes; it may have warnings. Sixty minutes times twelve steps stay within the default day. */
export const validPolicy: fc.Arbitrary<object> = fc
  .record({
    audiences: fc.dictionary(fc.constantFrom('internal', 'office', 'b-1'), audience, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    analyses: fc.dictionary(fc.constantFrom('errors', 'latency', 'slow'), analysis, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  })
  .chain(({ audiences, analyses }) => {
    const gates = fc.uniqueArray(gateOf(Object.keys(analyses)), { maxLength: 3, selector: nameOf });
    return fc.record(
      {
        audiences: fc.constant(audiences),
        analyses: fc.constant(analyses),
        cohort: fc.constantFrom('per-request', 'bound', 'sticky', 'redrawn'),
        prepare: optional({
          readyWithin: minutes(60),
          capacity: fc.constantFrom<number | string>('match-active', 1, 40),
          previewCapacity: fc.integer({ min: 1, max: 3 }),
          autoscaling: fc.constantFrom('freeze', 'leave'),
          parity: fc.constantFrom('require', 'ignore'),
        }),
        verify: fc.record({ gates }),
        shift: stepsOf(Object.keys(audiences), gates),
        guardrails: fc.subarray(Object.keys(analyses)),
        bake: fc.record({ for: minutes(120), gates }, { requiredKeys: ['for'] }),
        retire: optional({
          after: fc.constantFrom('keep', 'immediately', '1h'),
          candidate: fc.constantFrom('keep', 'retire'),
          drain: fc.constantFrom('0s', '1m'),
        }),
        workers: optional({ onRollback: fc.constantFrom('gap', 'overlap') }),
        hooks: optional({ afterCutover: fc.subarray(['warm', 'tell']), onRollback: fc.subarray(['purge']) }),
        windows: fc.record(
          {
            timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns'),
            open: fc.constantFrom([{ days: ['mon', 'fri'], from: '09:00', to: '24:00' }], []),
            frozen: fc.constantFrom([{ from: '2026-12-24', to: '2026-12-24' }], []),
          },
          { requiredKeys: ['timeZone'] },
        ),
        limits: optional({
          total: fc.constantFrom('1d', '2d'),
          call: minutes(2),
          settle: minutes(10),
          decide: fc.constantFrom('30m', '2h'),
          attempts: fc.integer({ min: 1, max: 9 }),
          poll: fc.constantFrom('500ms', '2s'),
        }),
      },
      { requiredKeys: ['audiences', 'analyses', 'shift'] },
    );
  });

/** What people and programs write by mistake, and what no one should be able to break anything with. */
const oddValues = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    '',
    '0s',
    '5min',
    '-1m',
    '999999999d',
    'erors',
    'constructor',
    '__proto__',
    0,
    -1,
    0.15,
    33.3,
    100,
    101,
    1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    [],
    {},
    [[]],
    [null],
    { to: 100 },
    { check: 'smoke', wait: '1m' },
    { analysis: 'errors' },
    () => 1,
    1n,
  ),
  fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
);

type Container = Record<string | number, unknown>;

/** One place in the policy, chosen by `where`, and what happens to it. */
export interface Mutation {
  readonly where: readonly number[];
  readonly kind: 'replace' | 'delete' | 'rename' | 'insert' | 'repeat' | 'swap';
  readonly key: string;
  readonly value: unknown;
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  where: fc.array(fc.nat(50), { minLength: 1, maxLength: 6 }),
  kind: fc.constantFrom('replace', 'delete', 'rename', 'insert', 'repeat', 'swap'),
  key: fc.oneof(
    fc.constantFrom('hodl', 'gates', 'to', 'expires', 'constructor', '__proto__', 'dryRun', 'name'),
    fc.string(),
  ),
  value: oddValues,
});

/** Applies a mutation to `policy` in place. */
export function mutate(policy: object, { where, kind, key, value }: Mutation): void {
  let owner = policy as Container;
  let at: string | number = '';
  for (const turn of where) {
    const keys = Object.keys(owner);
    if (keys.length === 0) break;
    at = keys[turn % keys.length]!;
    const next = owner[at];
    if (typeof next !== 'object' || next === null || turn % 5 === 0) break;
    owner = next as Container;
    at = Object.keys(owner)[0] ?? '';
  }
  if (Array.isArray(owner)) mutateList(owner, Number(at), kind, copyOf(value));
  else mutateObject(owner, at, kind, key, copyOf(value));
}

/** The value of a mutation is used again when a failure is shrunk, so nobody may change or freeze it. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]));
}

function mutateList(list: unknown[], index: number, kind: Mutation['kind'], value: unknown): void {
  if (kind === 'delete') list.splice(index, 1);
  else if (kind === 'repeat') list.splice(index, 0, list[index]);
  else if (kind === 'insert') list.push(value);
  else if (kind === 'swap') list.reverse();
  else list[index] = value;
}

function mutateObject(
  owner: Container,
  at: string | number,
  kind: Mutation['kind'],
  key: string,
  value: unknown,
): void {
  const define = (name: string | number, item: unknown) =>
    Object.defineProperty(owner, name, { value: item, enumerable: true, configurable: true, writable: true });
  if (kind === 'insert') define(key, value);
  else if (kind === 'delete') delete owner[at];
  else if (kind === 'rename' || kind === 'swap') {
    const item = owner[at];
    delete owner[at];
    define(kind === 'rename' ? key : `${String(at)}s`, item);
  } else if (kind === 'replace') define(at, value);
  else define(key, owner[at]);
}
