import type { CompiledGate } from '@bluegreen/machine';
import { describe, expect, it } from 'vitest';
import { type Check, runCheck } from './check.js';

/** A clock on which every timer of at most `fastMs` fires at once, and no other one ever. */
function clockUpTo(fastMs: number) {
  return {
    now: () => 0,
    setTimeout: (run: () => void, delayMs: number) => (delayMs <= fastMs ? setImmediate(run) : null),
    clearTimeout: (handle: unknown) => clearImmediate(handle as NodeJS.Immediate),
  };
}

function gate(attempts = 1): CompiledGate & { readonly kind: 'check' } {
  return {
    kind: 'check',
    id: 'verify/smoke',
    name: 'smoke',
    onFailure: 'rollback',
    dryRun: false,
    timeoutMs: 60_000,
    attempts,
  };
}

const context = { releaseId: 'r1', services: {} };
const signal = new AbortController().signal;

describe('a check', () => {
  const cases: readonly (readonly [string, Check, string, string])[] = [
    ['true', () => true, 'pass', 'passed'],
    ['nothing', () => undefined, 'pass', 'passed'],
    ['pass with a summary', async () => ({ pass: true, summary: 'GET / -> 200' }), 'pass', 'GET / -> 200'],
    ['false', () => false, 'fail', 'answered false'],
    ['pass: false', () => ({ pass: false, summary: 'GET / -> 500' }), 'fail', 'GET / -> 500'],
  ];

  it.each(cases)('that answers %s is taken by its word', async (_, check, verdict, summary) => {
    expect(await runCheck(check, gate(), context, signal, clockUpTo(0))).toEqual({ verdict, evidence: { summary } });
  });

  it('that throws failed, with its message as the reason', async () => {
    const thrown: Check = () => {
      throw new Error('no route to candidate');
    };
    const judged = await runCheck(thrown, gate(), context, signal, clockUpTo(0));
    expect(judged).toEqual({ verdict: 'fail', evidence: { summary: 'no route to candidate' } });
  });

  it('is tried again as often as the policy says, and the first pass counts', async () => {
    const attempts: number[] = [];
    const third: Check = ({ attempt }) => {
      attempts.push(attempt);
      return attempt === 3;
    };
    expect((await runCheck(third, gate(5), context, signal, clockUpTo(1_000))).verdict).toBe('pass');
    expect(attempts).toEqual([1, 2, 3]);
    expect((await runCheck(() => false, gate(2), context, signal, clockUpTo(1_000))).verdict).toBe('fail');
  });

  it('that gives no answer in its time failed, and its signal is aborted (L4)', async () => {
    let aborted = false;
    const hanging: Check = (given) =>
      new Promise(() =>
        given.signal.addEventListener('abort', () => {
          aborted = true;
        }),
      );
    const judged = await runCheck(hanging, gate(), context, signal, clockUpTo(60_000));
    expect(judged.evidence.summary).toContain('60000 ms');
    expect(judged.verdict).toBe('fail');
    expect(aborted).toBe(true);
  });

  it('that is interrupted is no pass (S19)', async () => {
    const controller = new AbortController();
    controller.abort();
    expect((await runCheck(() => true, gate(), context, controller.signal, clockUpTo(0))).verdict).toBe('error');
  });
});
