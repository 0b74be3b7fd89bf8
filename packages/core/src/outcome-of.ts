import type { Explanation, ReleaseState, RollbackCause } from '@bluegreen/machine';
import { explain } from '@bluegreen/machine';

/** How a release ended. A promotion counts when the bake ends; retention and retirement follow. */
export interface ReleaseOutcome {
  readonly kind: 'promoted' | 'rolled-back' | 'stuck';
  readonly releaseId: string;
  /** How it ended for each service: after a rollback that could not be finished, some are back and some are stuck. */
  readonly services: Readonly<Record<string, ReleaseOutcome['kind']>>;
  /** One sentence with the numbers. */
  readonly sentence: string;
  /** Why it went back, or wanted to. */
  readonly cause: RollbackCause | null;
  readonly explanation: Explanation;
}

/** The outcome of a state; `null` while it has none. */
export function outcomeOf(state: ReleaseState): ReleaseOutcome | null {
  const kind = outcomeKind(state);
  if (kind === null) return null;
  const explanation = explain(state);
  const services = Object.fromEntries(
    Object.entries(state.services).map(([name, { outcome }]) => [name, outcome ?? kind]),
  );
  return { kind, releaseId: state.id, services, sentence: explanation.sentence, cause: state.cause, explanation };
}

function outcomeKind(state: ReleaseState): ReleaseOutcome['kind'] | null {
  if (state.phase === 'stuck') return 'stuck';
  if (state.phase === 'rolled-back') return 'rolled-back';
  return state.phase === 'retiring' || state.phase === 'promoted' ? 'promoted' : null;
}
