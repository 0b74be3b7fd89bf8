import type { Mutant } from './mutant.js';

/** Guards of what is written to a router, and of when that is done. */
export const writeMutants: readonly Mutant[] = [
  {
    name: 'two services of one router write at the same time',
    of: 'rule 4',
    file: 'packages/machine/src/wanted-effects.ts',
    text: 'if (goal === null || busy.has(resource) || !mayRoute(state, name, goal)) return;',
    becomes: 'if (goal === null || !mayRoute(state, name, goal)) return;',
  },
  {
    name: 'every write has the same sequence',
    of: 'rule 4',
    file: 'packages/machine/src/effect-parts.ts',
    text: 'return { epoch, sequence: sequence + 1 };',
    becomes: 'return { epoch, sequence: 1 };',
  },
  {
    name: 'a write goes out beside one that is under way',
    of: 'rule 4',
    file: 'packages/machine/src/wanted-effects.ts',
    text: "if (routing.writes.some(({ status }) => status === 'running')) busy.add(traffic.resource);",
    becomes: '',
  },
  {
    name: 'a newer owner is not noticed in a read',
    of: 'rule 4',
    file: 'packages/machine/src/routing-belief.ts',
    text: 'if (fence !== null && owner !== undefined && fence.epoch > owner.epoch) return state;',
    becomes: '',
  },
  {
    name: 'only weights are compared',
    of: 'rule 5',
    file: 'packages/machine/src/conditions.ts',
    text: 'if (routing.drifted !== null || routing.suspect !== null || !sameTarget(seen.target, goal)) return false;',
    becomes:
      'if (routing.drifted !== null || routing.suspect !== null || seen.target.weights.blue !== goal.weights.blue) return false;',
  },
  {
    name: 'what is shown is live at once',
    of: 'rule 5',
    file: 'packages/machine/src/conditions.ts',
    text: 'const live = routing.shownAt + (routing.seen?.proven === true ? 0 : propagationMs);',
    becomes: 'const live = routing.shownAt;',
  },
  {
    name: 'a routing that is not shown is reached',
    of: 'rule 5',
    file: 'packages/machine/src/conditions.ts',
    text: 'return from !== null && at >= from && serviceOf(state, name).routing.staleSince === null;',
    becomes: 'return true;',
  },
  {
    name: 'old reads leave a routing reached',
    of: 'rule 5',
    file: 'packages/machine/src/conditions.ts',
    text: 'return from !== null && at >= from && serviceOf(state, name).routing.staleSince === null;',
    becomes: 'return from !== null && at >= from;',
  },
  {
    name: 'an accepted write that never shows is awaited for ever',
    of: 'rule 5',
    file: 'packages/machine/src/clockwork.ts',
    text: "const neverShown = write.status === 'accepted' && at >= write.startedAt + settleMs;",
    becomes: 'const neverShown = false;',
  },
  {
    name: 'what was shown once stays shown',
    of: 'rule 5',
    file: 'packages/machine/src/clockwork.ts',
    text: 'return withRouting(state, name, shown ? { shownAt: at, attempts: 0, failure: null } : { shownAt: null });',
    becomes: 'return shown ? withRouting(state, name, { shownAt: at, attempts: 0, failure: null }) : state;',
  },
  {
    name: 'reads before a write count after it',
    of: 'rule 5',
    file: 'packages/machine/src/writes.ts',
    text: `      generation: routing.generation + 1,
      fresh: false,
    });
    return { ...next, fences`,
    becomes: `    });
    return { ...next, fences`,
  },
  {
    name: 'writes go on for ever',
    of: 'L3',
    file: 'packages/machine/src/wanted-effects.ts',
    text: 'if (routing.attempts >= (isLast ? attempts * lastPatience : attempts)) return false;',
    becomes: '',
  },
  {
    name: 'a write that was refused for good is sent again',
    of: 'L3',
    file: 'packages/machine/src/wanted-effects.ts',
    text: 'if (isAwaited || routing.failure?.permanent === true) return false;',
    becomes: 'if (isAwaited) return false;',
  },
  {
    name: 'nothing is waited for between two tries',
    of: 'L3',
    file: 'packages/machine/src/backoff.ts',
    text: `return Math.max(askedMs, Math.round(ceiling / 2 + (ceiling / 2) * fraction(\`\${key}#\${attempt}\`)));`,
    becomes: 'return 0 * ceiling * fraction(key);',
  },
  {
    name: 'what a provider asks to wait is not heard',
    of: 'F12',
    file: 'packages/machine/src/backoff.ts',
    text: 'return Math.max(askedMs, Math.round(',
    becomes: 'return Math.max(0, Math.round(',
  },
  {
    name: 'users are shifted to a candidate that is not whole',
    of: 'S1',
    file: 'packages/machine/src/wanted-effects.ts',
    text: "    state.phase !== 'shifting' || serviceNames(state).every((each) => isDeployed(state, each) && isFrozen(state, each))",
    becomes: '    true',
  },
  {
    name: 'users are sent back to a dead slot',
    of: 'S14',
    file: 'packages/machine/src/wanted-effects.ts',
    text: "if (state.phase === 'rolling-back' && doubt !== null) return false;",
    becomes: '',
  },
  {
    name: 'who gets users back is not looked at first',
    of: 'S14',
    file: 'packages/machine/src/doubt.ts',
    text: 'if (active === null || !servesCandidate(each, name)) return each;',
    becomes: "if (name !== '') return each;",
  },
  {
    name: 'an edit towards the candidate is taken back for a dead slot',
    of: 'S14',
    file: 'packages/machine/src/wanted-effects.ts',
    text: `  if (leadsToDead(state, name, goal)) return false;
`,
    becomes: '',
  },
  {
    name: 'a rollback waits for the forward write before it',
    of: 'S28',
    file: 'packages/machine/src/wanted-effects.ts',
    text: "if (state.phase === 'rolling-back' && wanted !== null && !sameTarget(target, wanted)) return;",
    becomes: '',
  },
  {
    name: 'a rollback waits for a deployment that hangs',
    of: 'S28',
    file: 'packages/machine/src/environment-effects.ts',
    text: `      if (!isWanted) continue;
`,
    becomes: '',
  },
];
