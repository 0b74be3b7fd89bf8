import { cleanText } from './clean-text.js';
import { isFirstDeploy } from './place.js';
import type { ReleaseSummary } from './summary.js';
import { openApprovals, type View } from './view.js';

/** The commands that make sense now; none while nobody has to act. `program` is how the command line is called. */
export function nextCommands(view: View, program: string): readonly string[] {
  const { summary } = view;
  const id = quote(summary.id);
  const say = (words: string): string => `${program} ${words} --reason '…'`;
  const rollback = mayRollBack(summary) ? [say(`rollback ${id}`)] : [];
  if (summary.outcome === 'stuck') return [say(`retry ${id}`), ...rollback];
  if (summary.outcome !== null || summary.phase === 'rolling-back') return [];
  const isDrifted = summary.drifts.some(({ until }) => until === null);
  if (isDrifted) return [`${say(`resume ${id}`)}  # writes our routing again`, ...rollback];
  if (summary.pauses.some(({ until }) => until === null)) return [say(`resume ${id}`), ...rollback];
  const approvals = openApprovals(view).map(({ gate }) => say(`approve ${id} ${quote(gate.name)}`));
  return approvals.length === 0 ? [] : [...approvals, ...rollback];
}

/** As the machine decides: until teardown begins, and only where there is something to go back to. */
function mayRollBack(summary: ReleaseSummary): boolean {
  const { services, stuck, phase } = summary;
  if (services.some(({ teardownBegunAt }) => teardownBegunAt !== null)) return false;
  if (isFirstDeploy(summary) && phase !== 'preparing' && phase !== 'verifying') return false;
  return stuck?.from !== 'rolling-back';
}

/** A word that a shell takes as it is: ids come from people, and people paste these lines. */
function quote(word: string): string {
  const clean = cleanText(word);
  return /^[\w.:@%+=/-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", "'\\''")}'`;
}
