import type { Mutant } from './mutant.js';

/** Guards of gates and guardrails, and of the judges of metrics. */
export const gateMutants: readonly Mutant[] = [
  {
    name: 'an unopened gate has passed',
    of: 'rule 12',
    file: 'packages/machine/src/gates.ts',
    text: "return gate?.verdict === 'pass' || gate?.closed === 'skipped';",
    becomes: "return gate === undefined || gate.verdict !== 'fail';",
  },
  {
    name: 'gates are not asked',
    of: 'rule 12',
    file: 'packages/machine/src/gates.ts',
    text: 'return gates.every((gate) => gate.dryRun || isPassed(state.gates[gate.id]));',
    becomes: 'return gates.length >= 0;',
  },
  {
    name: 'one gate that passed is enough',
    of: 'S21',
    file: 'packages/machine/src/gates.ts',
    text: 'return gates.every((gate) => gate.dryRun || isPassed(state.gates[gate.id]));',
    becomes: 'return gates.length === 0 || gates.some((gate) => gate.dryRun || isPassed(state.gates[gate.id]));',
  },
  {
    name: 'what was measured before a crash is evidence after it',
    of: 'S19',
    file: 'packages/machine/src/ownership.ts',
    text: 'return forgetMeasured(looking, event.at);',
    becomes: 'return looking;',
  },
  {
    name: 'an attempt inherits the verdict of the one before',
    of: 'S25',
    file: 'packages/machine/src/gates.ts',
    text: `      verdict: null,
      evidence: null,
      closed: null,
    };
  }
  return { ...state, gates: opened };`,
    becomes: `      verdict: state.gates[gate.id]?.verdict ?? null,
      evidence: null,
      closed: null,
    };
  }
  return { ...state, gates: opened };`,
  },
  {
    name: 'a guardrail that fails does nothing',
    of: 'S24',
    file: 'packages/machine/src/failures.ts',
    text: "if (gate.dryRun || judged?.verdict !== 'fail') continue;",
    becomes: 'if (gate.dryRun || judged !== null) continue;',
    first: ['canary of a bad version'],
  },
  {
    name: 'a blind guardrail holds nothing',
    of: 'S24',
    file: 'packages/machine/src/gates.ts',
    text: "return guardrailsHere(state).every((gate) => gate.dryRun || state.gates[gate.id]?.verdict !== 'error');",
    becomes: 'return true;',
  },
  {
    name: 'guardrails are not judged while baking',
    of: 'S24',
    file: 'packages/machine/src/gates.ts',
    text: "return state.phase === 'shifting' || state.phase === 'baking' ? state.plan.policy.guardrails : [];",
    becomes: "return state.phase === 'shifting' ? state.plan.policy.guardrails : [];",
  },
  {
    name: 'a gate that fails does nothing',
    of: 'S18',
    file: 'packages/machine/src/failures.ts',
    text: `    if (judged.verdict === 'fail') {
      const code`,
    becomes: `    if (judged.verdict === null) {
      const code`,
  },
  {
    name: 'an undecided gate waits for ever',
    of: 'S22',
    file: 'packages/machine/src/failures.ts',
    text: "if (judged.verdict !== 'pass' && judged.closed === null && at >= judged.dueAt && state.heldSince === null) {",
    becomes: 'if (at < 0) {',
  },
  {
    name: 'a failed gate that shall pause does nothing',
    of: 'S18',
    file: 'packages/machine/src/fold.ts',
    text: 'if (!isFailed && !isUndecided) continue;',
    becomes: 'if (isFailed || !isUndecided) continue;',
  },
  {
    name: 'one approval is enough',
    of: 'approvals',
    file: 'packages/machine/src/approvals.ts',
    text: 'return count;',
    becomes: 'return Math.min(count, 1);',
    first: ['asked of many'],
  },
  {
    name: 'an approval that expired has passed',
    of: 'approvals',
    file: 'packages/machine/src/clockwork.ts',
    text: "gate.onExpiry === 'continue' ? 'pass' : 'fail'",
    becomes: "'pass'",
  },
  {
    name: 'a wait is over at once',
    of: 'S23',
    file: 'packages/machine/src/gates.ts',
    text: "if (gate.kind === 'wait') return at + gate.waitMs;",
    becomes: "if (gate.kind === 'wait') return at;",
  },
  {
    name: 'too few requests are enough',
    of: 'S23',
    file: 'packages/gates/src/threshold.ts',
    text: 'const isEnough = requests.count > 0 && requests.count >= limits.minSamples;',
    becomes: 'const isEnough = requests.count > 0;',
  },
  {
    name: 'a part of the window is enough',
    of: 'S23',
    file: 'packages/gates/src/threshold.ts',
    text: 'const isFull = windowMs >= limits.windowMs;',
    becomes: 'const isFull = true;',
  },
  {
    name: 'old samples are enough',
    of: 'S22',
    file: 'packages/gates/src/threshold.ts',
    text: '  if (ageMs > half) return judgement',
    becomes: '  if (ageMs < 0) return judgement',
  },
  {
    name: 'no series is a pass',
    of: 'S22',
    file: 'packages/gates/src/threshold.ts',
    text: `const reason = 'no-series';
  return new WordedJudgement({ verdict: 'inconclusive',`,
    becomes: `const reason = 'no-series';
  return new WordedJudgement({ verdict: 'pass',`,
  },
  {
    name: 'any error rate is good',
    of: 'S24',
    file: 'packages/gates/src/threshold.ts',
    text: "if (isEnough && errors.count / requests.count > limits.maxRate) return judgement('fail');",
    becomes: "if (isEnough && errors.count / requests.count > 1) return judgement('fail');",
    first: ['canary of a bad version'],
  },
  {
    name: 'the old version is judged in place of the new one',
    of: 'S22',
    file: 'packages/core/src/analysis.ts',
    text: 'const slot: Slot = subject.candidate;',
    becomes: 'const slot: Slot = subject.active ?? subject.candidate;',
    first: ['canary of a bad version'],
  },
  {
    name: 'the best of several services decides',
    of: 'S21',
    file: 'packages/core/src/analysis.ts',
    text: 'if (worst !== null && severity(judgement.verdict) <= severity(worst.verdict)) continue;',
    becomes: 'if (worst !== null && severity(judgement.verdict) > severity(worst.verdict)) continue;',
    first: ['several services, a bad one'],
  },
  {
    name: 'what happened before the gate opened is evidence',
    of: 'S25',
    file: 'packages/core/src/analysis.ts',
    text: 'return { fromMs: Math.max(openedAt, now - analysis!.windowMs), toMs: now };',
    becomes: 'return { fromMs: now - analysis!.windowMs, toMs: now };',
  },
];
