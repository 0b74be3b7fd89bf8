import type { JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent, ReleasePlan } from '@bluegreen/machine';
import type { Absence } from './crash.js';

interface Stretch {
  readonly what: string;
  readonly from: number;
  readonly needMs: number;
}

/** S59: every hold and bake that was left forward, and was watched for less than the policy asks. */
export function unwatched(
  records: readonly JournalRecord<ReleaseEvent>[],
  plan: ReleasePlan,
  absences: readonly Absence[],
): readonly string[] {
  const short: string[] = [];
  let running: Stretch | null = null;
  const leave = (at: number): void => {
    if (running === null) return;
    const { what, from, needMs } = running;
    const watchedMs = at - from - absences.reduce((sum, absence) => sum + overlap(absence, from, at), 0);
    if (watchedMs < needMs) short.push(`S59 ${what} was watched for ${watchedMs} ms of ${needMs}`);
  };
  for (const { event } of records) {
    if (event.type === 'step-entered') leave(event.at);
    if (event.type === 'phase-entered' && (event.phase === 'baking' || event.phase === 'retiring')) leave(event.at);
    if (event.type === 'phase-entered' || event.type === 'step-entered') running = null;
    if (event.type === 'step-reached') {
      running = { what: `step ${event.step}`, from: event.at, needMs: event.until - event.at };
    }
    if (event.type === 'phase-entered' && event.phase === 'baking') {
      running = { what: 'the bake', from: event.at, needMs: plan.policy.bake.forMs };
    }
  }
  return short;
}

function overlap({ from, to }: Absence, start: number, end: number): number {
  return Math.max(0, Math.min(to, end) - Math.max(from, start));
}
