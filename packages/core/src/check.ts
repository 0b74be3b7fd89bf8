import { type Clock, pauseFor } from '@bluegreen/contract';
import type { CompiledGate, Evidence, JudgedService, Verdict } from '@bluegreen/machine';
import { checkPauseMs } from './effect-bound.js';
import { limitedCall } from './limited-call.js';

/** What a check is given. */
export interface CheckContext {
  readonly releaseId: string;
  /** The candidate of every service: its version, its slot, where it answers. */
  readonly services: Readonly<Record<string, JudgedService>>;
  /** Aborts when the check's time is over or nobody wants its answer any more. */
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** What a check may answer. Throwing means that it failed, with the error's message as its reason. */
export type CheckAnswer = boolean | undefined | { readonly pass: boolean; readonly summary?: string };

/** User code that judges the candidate: `true` or nothing passes. Reads only; it may run twice after a crash. */
export type Check = (context: CheckContext) => Promise<CheckAnswer> | CheckAnswer;

interface Judged {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** Runs a check until it passes or has no tries left. Interrupted is never a pass (S19). */
export async function runCheck(
  check: Check,
  gate: CompiledGate & { readonly kind: 'check' },
  context: Omit<CheckContext, 'attempt' | 'signal'>,
  signal: AbortSignal,
  clock: Clock,
): Promise<Judged> {
  let last: Judged = { verdict: 'error', evidence: { summary: 'never ran' } };
  for (let attempt = 1; attempt <= gate.attempts; attempt++) {
    if (attempt > 1) await pauseFor(clock, checkPauseMs, signal);
    if (signal.aborted) return last;
    last = await runOnce(check, gate, { ...context, attempt }, signal, clock);
    if (last.verdict === 'pass') return last;
  }
  return last;
}

async function runOnce(
  check: Check,
  gate: CompiledGate & { readonly kind: 'check' },
  context: Omit<CheckContext, 'signal'>,
  signal: AbortSignal,
  clock: Clock,
): Promise<Judged> {
  const { timeoutMs: limitMs } = gate;
  return limitedCall({ clock, limitMs, signal }, (limited) => {
    const late = limited.late.then(
      (): Judged => ({ verdict: 'fail', evidence: { summary: `no answer within ${limitMs} ms` } }),
    );
    return Promise.race([answer(check, { ...context, signal: limited.signal }), late]);
  });
}

async function answer(check: Check, context: CheckContext): Promise<Judged> {
  try {
    const said = await check(context);
    const pass = typeof said === 'object' ? said.pass : said !== false;
    const summary = typeof said === 'object' ? said.summary : undefined;
    return { verdict: pass ? 'pass' : 'fail', evidence: { summary: summary ?? (pass ? 'passed' : 'answered false') } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { verdict: 'fail', evidence: { summary: message.slice(0, 300) } };
  }
}
