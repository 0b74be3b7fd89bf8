import { describe, expect, test } from 'vitest';
import { printReport } from './print-report.js';
import { broken, notDeclared, type Rule } from './rule.js';
import { registerSuite, runSuite, type Suite } from './suite.js';

function rule(id: string, check: () => void, needs: readonly string[] = []): Rule<null> {
  return { id, title: `holds ${id}`, why: 'A release went wrong.', needs, check: async () => check() };
}

const rules = [
  rule('traffic-good', () => undefined),
  rule('traffic-bad', () => broken('60/40 was read')),
  rule('traffic-other', () => notDeclared('it declares nothing here')),
  rule('traffic-helped', () => undefined, ['loseReply']),
  rule('traffic-wild', () => {
    throw new TypeError('undefined is no function');
  }),
];

function suiteOf(chosen: readonly Rule<null>[], harness: Record<string, unknown> = {}) {
  const closed = { count: 0 };
  const suite: Suite<null> = {
    kind: 'traffic',
    rules: chosen,
    async open() {
      return {
        trial: null,
        harness,
        close: async () => {
          closed.count += 1;
        },
      };
    },
  };
  return { suite, closed };
}

/** Registers, and runs what was registered: by title, how it ended. */
async function registered(suite: Suite<null>, options: Parameters<typeof registerSuite>[2] = {}) {
  const bodies = new Map<string, (...context: unknown[]) => Promise<void>>();
  const runner = {
    describe: (_: string, body: () => void) => body(),
    test: (name: string, body: (...context: unknown[]) => Promise<void>) => bodies.set(name, body),
  };
  registerSuite(runner, suite, options);
  const ends: Record<string, string> = {};
  for (const [name, body] of bodies) {
    let skipped = '';
    const skip = (reason: string) => {
      skipped = `skipped: ${reason}`;
    };
    ends[name] = await body({ skip }).then(
      () => skipped || 'passed',
      (error: Error) => error.message,
    );
  }
  return ends;
}

describe('in a test runner', () => {
  test('a rule that holds passes, and one that nothing was declared for is skipped with the reason', async () => {
    expect(await registered(suiteOf([rules[0]!, rules[2]!]).suite)).toEqual({
      'traffic-good: holds traffic-good': 'passed',
      'traffic-other: holds traffic-other': 'skipped: it declares nothing here',
    });
  });

  test('a failure says which rule, what was seen, what goes wrong without it and where the docs explain it', async () => {
    const [message] = Object.values(await registered(suiteOf([rules[1]!]).suite));
    expect(message).toContain('conformance/rule-broken');
    expect(message).toContain('rule: traffic-bad: holds traffic-bad');
    expect(message).toContain('seen: 60/40 was read');
    expect(message).toContain('why:  A release went wrong.');
    expect(message).toContain('docs: docs/reference/conformance.md#traffic-bad');
  });

  test('whatever an adapter throws is what was seen', async () => {
    const [message] = Object.values(await registered(suiteOf([rules[4]!]).suite));
    expect(message).toContain('TypeError: undefined is no function');
  });

  test('a rule that needs help and gets none fails, until somebody says why', async () => {
    const { suite } = suiteOf([rules[3]!]);
    const [message] = Object.values(await registered(suite));
    expect(message).toContain('conformance/rule-not-shown');
    expect(message).toContain('the harness has no loseReply');
    expect(await registered(suite, { notShown: { 'traffic-helped': 'nobody can' } })).toEqual({
      'traffic-helped: holds traffic-helped [not shown: nobody can]': 'skipped: the harness has no loseReply',
    });
  });

  test('what can be shown is not to be called not shown; what is broken stays broken', async () => {
    const { suite } = suiteOf([rules[1]!, rules[3]!], { loseReply: () => undefined });
    const ends = Object.values(await registered(suite, { notShown: { 'traffic-helped': 'no', 'traffic-bad': 'no' } }));
    expect(ends[0]).toContain('conformance/rule-broken');
    expect(ends[1]).toContain('conformance/rule-shown-after-all');
  });

  test('a rule that does not exist is refused', async () => {
    const { suite } = suiteOf(rules);
    await expect(registered(suite, { notShown: { 'traffic-odd': 'no' } })).rejects.toThrow('conformance/rule-unknown');
    await expect(runSuite(suite, { only: ['traffic-odd'] })).rejects.toThrow('conformance/rule-unknown');
  });
});

describe('without a test runner', () => {
  test('answers what came of each rule, counts them, and puts every bench away', async () => {
    const { suite, closed } = suiteOf(rules);
    const report = await runSuite(suite, { notShown: { 'traffic-helped': 'nobody can' } });
    expect(report).toMatchObject({ shown: 1, broken: 2, notShown: 1, notDeclared: 1 });
    expect(report.rules[3]).toEqual({ rule: 'traffic-helped', status: 'not-shown', reason: 'nobody can' });
    expect(closed.count).toBe(5);
  });

  test('missing help is not shown, never shown', async () => {
    expect(await runSuite(suiteOf([rules[3]!]).suite, {})).toMatchObject({ shown: 0, notShown: 1 });
  });

  test('the report of it names what was not shown, and why', async () => {
    const text = printReport(await runSuite(suiteOf(rules).suite, {}));
    expect(text.split('\n')[0]).toBe('traffic: 1 shown, 2 broken, 1 not shown, 1 not declared');
    expect(text).toContain('BROKEN     traffic-bad: 60/40 was read');
    expect(text).toContain('not shown  traffic-helped: the harness has no loseReply');
  });
});
