import { configuredRules } from './phase-machine.js';
import type { Phase } from './state.js';

/** What each guard means, in plain words: the labels of the diagram. */
const words: Readonly<Record<string, string>> = {
  hasCause: 'something speaks against it',
  cannotReturn: 'a first deployment fails under users',
  hasNoStart: 'nobody can say who serves now',
  isPrepared: 'routing taken over, candidate ready',
  isVerified: 'every verify gate passed',
  isShiftDone: 'last step held and its gates passed',
  isBakeDone: 'bake over, its gates passed',
  isRetiredAll: 'old slot retired, kept or handed over',
  isDeadEnd: 'no attempt left, or the old slot is dead and the candidate is not',
  isReturned: 'all users are back',
  isReopenedBack: 'retry or rollback',
  isReopenedRetiring: 'retry',
  isReopenedForward: 'retry',
};

/** The phases and what leads from one to another, as a Mermaid state diagram, read from the machine's own config. */
export function phaseDiagram(): string {
  const lines = ['stateDiagram-v2', '  [*] --> preparing'];
  for (const [phase, rules] of Object.entries(configuredRules)) {
    for (const { guard, target } of rules) {
      if (target !== undefined) lines.push(`  ${idOf(phase as Phase)} --> ${idOf(target)}: ${words[guard] ?? guard}`);
    }
  }
  lines.push('  promoted --> [*]', '  rolled_back --> [*]');
  return lines.join('\n');
}

/** Mermaid takes no dash in a name. */
function idOf(phase: Phase): string {
  return phase.replace('-', '_');
}
