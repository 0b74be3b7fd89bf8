import type { Mutant } from './mutant.js';

/** Guards of the runner: of what is begun, given up and journaled. */
export const runnerMutants: readonly Mutant[] = [
  {
    name: 'effects do not wait for their time',
    of: 'reconcile',
    file: 'packages/core/src/reconcile.ts',
    text: 'if (endedAt === undefined) return effect.notBefore;',
    becomes: 'if (endedAt === undefined) return 0;',
    survives: 'no world and no promise tells it apart yet',
  },
  {
    name: 'what is no longer wanted goes on',
    of: 'reconcile',
    file: 'packages/core/src/reconcile.ts',
    text: 'if (known.get(key) === null) abort = [...(abort ?? none), key];',
    becomes: 'if (known.get(key) === undefined) abort = [...(abort ?? none), key];',
    survives: 'no world and no promise tells it apart yet',
  },
  {
    name: 'what runs is begun again',
    of: 'reconcile',
    file: 'packages/core/src/reconcile.ts',
    text: "if (endedAt === null || !('everyMs' in effect) || effect.everyMs === 0) return null;",
    becomes: "if (!('everyMs' in effect) || effect.everyMs === 0) return null;",
    survives: 'no world and no promise tells it apart yet',
  },
  {
    name: 'reads are not repeated',
    of: 'reconcile',
    file: 'packages/core/src/reconcile.ts',
    text: "if (endedAt === null || !('everyMs' in effect) || effect.everyMs === 0) return null;",
    becomes: 'if (endedAt !== undefined) return null;',
    survives: 'no world and no promise tells it apart yet',
  },
  {
    name: 'nobody wakes for what waits',
    of: 'reconcile',
    file: 'packages/core/src/reconcile.ts',
    text: 'else if (wakeAt === null || due < wakeAt) wakeAt = due;',
    becomes: '',
    survives: 'no world and no promise tells it apart yet',
  },
  {
    name: 'a write begins before it is journaled',
    of: 'L6',
    file: 'packages/core/src/release-process.ts',
    text: `      yield { kind: 'append', events: this.#decideAll([startedFact(write, now)]) };
      yield this.#begin(write);`,
    becomes: `      yield this.#begin(write);
      yield { kind: 'append', events: this.#decideAll([startedFact(write, now)]) };`,
    survives: 'no world and no promise tells it apart yet',
  },
  {
    name: 'an aborted write leaves no trace',
    of: 'rule 2',
    file: 'packages/core/src/release-process.ts',
    text: "if (outcome.type !== 'fenced') facts.push({ ...outcome, at: now });",
    becomes: '',
    survives: 'no world and no promise tells it apart yet',
  },
  {
    name: 'a write that nobody answered is taken for one that did not happen',
    of: 'S39',
    file: 'packages/core/src/outcome.ts',
    text: "const reaction = isWrite(effect) ? 'read-back' : 'retry';",
    becomes: "const reaction = 'retry' as const;",
    survives: 'no world and no promise tells it apart yet',
  },
  {
    name: 'a fenced owner goes on',
    of: 'S52',
    file: 'packages/core/src/outcome.ts',
    text: "if (reaction === 'fenced') return { type: 'fenced', message };",
    becomes: "if (reaction === 'fenced' && message === '') return { type: 'fenced', message };",
    survives: 'owners that are paused while they write, in more places',
  },
  {
    name: 'an owner that lost its lease sends its rollback without a fence',
    of: 'rule 8',
    file: 'packages/core/src/release-process.ts',
    text: "if (capabilities.fencing === 'enforced') return effect;",
    becomes: 'return effect;',
    survives: 'a farewell on a router that only checks its fence, and lets it land',
  },
  {
    name: 'what the owner before sent on its way back is not heard',
    of: 'rule 8',
    file: 'packages/machine/src/routing-belief.ts',
    text: 'return goal !== null && sameTarget(target, goal);',
    becomes: 'return false;',
    survives: 'an owner that loses its lease while the candidate fails',
  },
  {
    name: 'a hung call is awaited for ever',
    of: 'L4',
    file: 'packages/core/src/effect-bound.ts',
    text: `  return limits.callMs;
`,
    becomes: `  return limits.callMs * 10_000;
`,
    survives: 'no world and no promise tells it apart yet',
  },
  {
    name: 'a refused command is done',
    of: 'commands',
    file: 'packages/core/src/release-process.ts',
    text: `      if (code !== null) {
        if (code`,
    becomes: `      if (code === 'release/finished') {
        if (code`,
    survives: 'no world and no promise tells it apart yet',
  },
];
