import type { Effect } from './effects.js';
import { openGates } from './gates.js';
import { subjects } from './judged-services.js';
import type { ReleaseState } from './state.js';

/** How soon a webhook is asked again that could not be asked. */
const askAgainMs = 60_000;

/** What gates ask now. */
export function judgeEffects(state: ReleaseState, effects: Effect[]): void {
  // The same for all of them, and as large as the rest.
  let judgedServices: ReturnType<typeof subjects> | null = null;
  for (const { gate, state: judged } of openGates(state)) {
    if (gate.kind !== 'check' && gate.kind !== 'analysis' && gate.kind !== 'webhook') continue;
    if (gate.kind === 'check' && judged.verdict !== null) continue;
    // Asked until somebody heard it: an error is no answer.
    if (gate.kind === 'webhook' && judged.verdict !== null && judged.verdict !== 'error') continue;
    judgedServices ??= subjects(state);
    const analysis = gate.kind === 'analysis' ? state.plan.policy.analyses[gate.analysis]! : null;
    effects.push({
      kind: 'judge',
      key: `judge/${gate.id}/${judged.attempt}/${judged.openedAt}`,
      notBefore: judged.openedAt,
      everyMs: gate.kind === 'webhook' ? askAgainMs : (analysis?.everyMs ?? 0),
      gate,
      attempt: judged.attempt,
      openedAt: judged.openedAt,
      dueAt: judged.dueAt < latestDue ? judged.dueAt : null,
      analysis,
      subjects: judgedServices,
    });
  }
}

/** The hooks that shall run now. */
export function hookEffects(state: ReleaseState, effects: Effect[]): void {
  for (const [key, { moment, name, status, attempt, notBefore }] of Object.entries(state.hooks)) {
    // A pause stops what can't be undone, and nothing else.
    const isHeld = state.paused !== null && (moment === 'expand' || moment === 'contract');
    if (status !== 'due' || isHeld) continue;
    effects.push({
      kind: 'hook',
      key: `hook/${key}/${attempt}`,
      notBefore,
      hook: key,
      moment,
      name,
      attempt,
      idempotencyKey: `${state.id}/${key}`,
      subjects: subjects(state),
    });
  }
}

/** Later than this no gate is due: guardrails are opened with an instant that never comes. */
const latestDue = Number.MAX_SAFE_INTEGER / 4;
