import { assign, setup } from 'xstate';
import type { Fact } from './events.js';
import { drawConsequences, fold } from './fold.js';
import { actions, guards } from './rules.js';
import type { Phase, ReleaseState } from './state.js';

type GuardName = keyof typeof guards;
type ActionName = keyof typeof actions | 'drawConsequences';

/** One rule of a phase: the first whose guard holds is taken. Without `target` the release stays in its phase. */
export interface PhaseRule {
  readonly guard: GuardName;
  readonly target?: Phase;
  readonly actions: readonly ActionName[];
}

function go(guard: GuardName, target: Phase, action: ActionName): PhaseRule {
  return { guard, target, actions: [action] };
}

/** A rule that stays: what its action means is drawn at once; entering a phase does that by itself. */
function stay(guard: GuardName, action: ActionName): PhaseRule {
  return { guard, actions: [action, 'drawConsequences'] };
}

const back = go('hasCause', 'rolling-back', 'beginRollback');
const noWayBack = go('cannotReturn', 'stuck', 'toStuck');

/** The phases and their ordered rules: the whole control flow of a release. */
const phaseRules: Readonly<Record<Phase, readonly PhaseRule[]>> = {
  preparing: [noWayBack, back, go('hasNoStart', 'stuck', 'toStuck'), go('isPrepared', 'verifying', 'beginVerify')],
  verifying: [noWayBack, back, stay('mayOpenVerify', 'openVerify'), go('isVerified', 'shifting', 'beginShift')],
  shifting: [
    noWayBack,
    back,
    stay('isStepReached', 'openStep'),
    stay('isStepDone', 'nextStep'),
    go('isShiftDone', 'baking', 'beginBake'),
  ],
  baking: [noWayBack, back, go('isBakeDone', 'retiring', 'promote')],
  retiring: [back, go('isRetiredAll', 'promoted', 'finishPromoted'), go('isDeadEnd', 'stuck', 'toStuck')],
  'rolling-back': [go('isReturned', 'rolled-back', 'finishRolledBack'), go('isDeadEnd', 'stuck', 'toStuck')],
  stuck: [
    go('isReopenedBack', 'rolling-back', 'reopen'),
    go('isReopenedRetiring', 'retiring', 'reopen'),
    go('isReopenedForward', 'preparing', 'reopen'),
  ],
  promoted: [],
  'rolled-back': [],
};

/** What entering a phase means. Entering the one it is in already, as when a state is restored, means nothing. */
export function enterPhase(state: ReleaseState, phase: Phase, at: number): ReleaseState {
  return state.phase === phase ? state : drawConsequences({ ...state, phase, phaseSince: at }, at);
}

/** Runs one named action. */
export function runAction(state: ReleaseState, name: ActionName, at: number): ReleaseState {
  return name === 'drawConsequences' ? drawConsequences(state, at) : actions[name](state, at);
}

/**
 * The definition of a release. Pure: no `after` and no `invoke`, because a restored actor loses both; time comes with
 * the events. The hot path runs `nextState`, a small interpreter of this machine's config; this machine is its oracle.
 */
export const phaseMachine = setup({
  types: {} as { context: { release: ReleaseState }; input: ReleaseState; events: Fact },
  guards: {
    holds: ({ context, event }, { name }: { name: GuardName }): boolean => guards[name](context.release, event.at),
  },
  actions: {
    fold: assign(({ context, event }) => ({ release: fold(context.release, event) })),
    run: assign(({ context, event }, { name }: { name: ActionName }) => ({
      release: runAction(context.release, name, event.at),
    })),
    enterPhase: assign(({ context, event }, { phase }: { phase: Phase }) => ({
      release: enterPhase(context.release, phase, event.at),
    })),
  },
}).createMachine({
  id: 'release',
  context: ({ input }) => ({ release: input }),
  initial: 'preparing',
  on: { '*': { actions: 'fold' } },
  states: Object.fromEntries(
    Object.entries(phaseRules).map(([phase, rules]) => [
      phase,
      {
        entry: { type: 'enterPhase' as const, params: { phase: phase as Phase } },
        always: rules.map(({ guard, target, actions: names }) => ({
          guard: { type: 'holds' as const, params: { name: guard } },
          ...(target === undefined ? {} : { target }),
          actions: names.map((name) => ({ type: 'run' as const, params: { name } })),
        })),
      },
    ]),
  ),
});

interface ConfiguredRule {
  readonly guard: { readonly params: { readonly name: GuardName } };
  readonly target?: Phase;
  readonly actions: readonly { readonly params: { readonly name: ActionName } }[];
}

/** The rules of every phase, read back from the machine's own config. */
export const configuredRules: Readonly<Record<Phase, readonly PhaseRule[]>> = Object.fromEntries(
  Object.entries(phaseMachine.config.states!).map(([phase, node]) => [
    phase,
    (node.always as unknown as readonly ConfiguredRule[]).map(({ guard, target, actions: configured }) => ({
      guard: guard.params.name,
      ...(target === undefined ? {} : { target }),
      actions: configured.map(({ params }) => params.name),
    })),
  ]),
) as unknown as Record<Phase, readonly PhaseRule[]>;
