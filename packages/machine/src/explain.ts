import { type ErrorCode, errorCodes, printDuration, printInstant } from '@bluegreen/contract';
import { explainHeld } from './explain-held.js';
import { explainPhase } from './explain-phase.js';
import {
  because,
  causeEvidence,
  offer,
  offerRollback,
  promotedText,
  say,
  traffic,
  watchedEvidence,
  what,
} from './explain-words.js';
import type { Explanation } from './explanation.js';
import type { ReleaseState } from './state.js';
import { serviceNames, serviceOf } from './update.js';

/** Explains a state. Instants are ISO times; pure, so the same state reads the same everywhere. */
export function explain(state: ReleaseState): Explanation {
  return explainEnd(state) ?? explainHeld(state) ?? withRestored(state, explainPhase(state));
}

function explainEnd(state: ReleaseState): Explanation | null {
  const { cause, stuck } = state;
  switch (state.phase) {
    case 'promoted':
      return say(
        'promoted',
        [promotedText(state), traffic(state), oldSlots(state), failedHooks(state)],
        watchedEvidence(state),
      );
    case 'rolled-back': {
      const took = printDuration(state.at - state.requestedAt);
      const sentence = `${what(state)} was rolled back after ${took}: ${because(cause!)}`;
      return say('rolled-back', [sentence, traffic(state), failedHooks(state)], causeEvidence(state));
    }
    case 'stuck': {
      const { code, from, message } = stuck!;
      const { hint } = errorCodes[code as ErrorCode];
      const back = from === 'rolling-back' ? [] : offerRollback(state);
      const next = [hint, ...offer(state, 'retry', retryDoes(state)), ...back];
      const sentence = `${what(state)} is stuck in ${from}: ${message}`;
      return say(code, [sentence, traffic(state)], causeEvidence(state), next);
    }
    default:
      return null;
  }
}

function retryDoes({ stuck }: ReleaseState): string {
  if (stuck!.from === 'rolling-back') return 'tries again to go back';
  if (stuck!.code === 'release/contract-failed') return 'runs the migration again';
  return stuck!.from === 'retiring' ? 'tries again to retire the old slot' : 'starts again, from preparing';
}

/** Hooks that never succeeded: what they were to do is left to people. */
function failedHooks({ hooks }: ReleaseState): string | null {
  const failed = Object.values(hooks).filter(({ status }) => status === 'failed');
  if (failed.length === 0) return null;
  return `Not done: ${failed.map(({ moment, name, message }) => `${moment} hook ${name} (${message})`).join('; ')}`;
}

/** What became of the slots that served before. */
function oldSlots(state: ReleaseState): string | null {
  const kept = serviceNames(state).flatMap((name) => {
    const { roles, slots } = serviceOf(state, name);
    if (roles === null || roles.active === null) return [];
    const version = slots[roles.active].seen?.version ?? null;
    return [version === null ? `${roles.active} of ${name} is retired` : `${roles.active} of ${name} keeps ${version}`];
  });
  return kept.length === 0 ? null : kept.join('; ');
}

/** Says of a drift that went away by itself that it was there: the time of it did not count. */
function withRestored(state: ReleaseState, explanation: Explanation): Explanation {
  const told = serviceNames(state).flatMap((name) => {
    const { restored } = serviceOf(state, name).routing;
    if (restored === null || restored.until < state.phaseSince) return [];
    const [from, to] = [printInstant(restored.since), printInstant(restored.until)];
    return [
      `From ${from} to ${to} the router of ${name} held something else (${restored.summary}); that did not count.`,
    ];
  });
  return told.length === 0 ? explanation : { ...explanation, sentence: [explanation.sentence, ...told].join(' ') };
}
