import { durationMs, printDuration } from '@bluegreen/contract';
import type { SimulatedRun } from '../result/simulated-run.js';
import { type Expectation, expectation } from './expectation.js';

export interface RolledBackOptions {
  /** From the first user on the new version until no routing sends anybody there any more: `'4m'`. */
  readonly within?: string;
  /** The name of the gate or guardrail, or the code of the cause: `'errors'`, `'never-ready'`. */
  readonly because?: string;
}

/** The release went back, and nobody had to help. */
export function rolledBack({ within, because }: RolledBackOptions = {}): Expectation {
  const says = `was rolled back${within === undefined ? '' : ` within ${within}`}${because === undefined ? '' : ` because of ${because}`}`;
  return expectation(says, (run) => {
    const wrong = anotherEnd(run, 'rolled-back');
    if (wrong !== null) return wrong;
    const { cause } = run.outcome;
    if (because !== undefined && !isCause(cause, because)) {
      return `it was rolled back because of ${causeName(cause)}: ${cause?.message ?? 'unknown'}`;
    }
    const { returnedMs } = run.impact;
    if (within !== undefined && returnedMs !== null && returnedMs > durationMs(within)) {
      return `users met the new version for ${printDuration(returnedMs)}, longer than ${within}`;
    }
    return null;
  });
}

/** The release was promoted: the bake ended well. */
export function promoted({ within }: { readonly within?: string } = {}): Expectation {
  return expectation(`was promoted${within === undefined ? '' : ` within ${within}`}`, (run) => {
    const wrong = anotherEnd(run, 'promoted');
    if (wrong !== null) return wrong;
    const retiring = run.timeline.phases.find(({ phase }) => phase === 'retiring' || phase === 'promoted');
    const tookMs = retiring?.fromMs ?? 0;
    return within !== undefined && tookMs > durationMs(within)
      ? `it took ${printDuration(tookMs)}, longer than ${within}`
      : null;
  });
}

/** The release ended with the word that a person must act. */
export function stuck({ code }: { readonly code?: string } = {}): Expectation {
  return expectation(`ended stuck${code === undefined ? '' : ` with ${code}`}`, (run) => {
    const wrong = anotherEnd(run, 'stuck');
    if (wrong !== null || code === undefined || run.outcome.explanation.code === code) return wrong;
    return `it is stuck with ${run.outcome.explanation.code}`;
  });
}

/** Anything but a promotion: rolled back, or stuck with a person asked for. */
export function notPromoted(): Expectation {
  return expectation('was not promoted', (run) =>
    run.outcome.kind === 'promoted' ? `it was promoted: ${run.outcome.sentence}` : null,
  );
}

/** A person was asked for this approval before anything that follows it; the release did not go on without. */
export function waitedForApproval(name: string): Expectation {
  return expectation(`waited for the approval ${name}`, (run) => {
    const asked = run.timeline.approvals.filter(({ gate }) => gate.split('/').at(-1) === name);
    if (asked.length === 0) return `nobody was asked for ${name}`;
    const passedEarly = run.timeline.verdicts.find(
      ({ gate, verdict, atMs }) =>
        gate.split('/').at(-1) === name &&
        (verdict === 'pass' || verdict === 'skipped') &&
        !asked.some(({ grantedMs }) => grantedMs !== null && grantedMs <= atMs),
    );
    return passedEarly === undefined ? null : `${name} was ${passedEarly.verdict} without anybody's word`;
  });
}

function anotherEnd({ outcome }: SimulatedRun, expected: SimulatedRun['outcome']['kind']): string | null {
  if (outcome.kind === expected) return null;
  return `it ended ${outcome.kind}: ${outcome.sentence}`;
}

function isCause(cause: SimulatedRun['outcome']['cause'], because: string): boolean {
  if (cause === null) return false;
  return cause.code === because || cause.gate === because || cause.gate?.split('/').at(-1) === because;
}

function causeName(cause: SimulatedRun['outcome']['cause']): string {
  return cause === null ? 'nothing' : (cause.gate ?? cause.code);
}
