import type { Journal, JournalSession } from '@bluegreen/contract';
import type { Rule } from '../rule.js';
import {
  type ConformanceOptions,
  type ConformanceReport,
  registerSuite,
  runSuite,
  type Suite,
  type TestFunctions,
} from '../suite.js';
import { absenceRules } from './absence-rules.js';
import { endingRules } from './ending-rules.js';
import { inboxRules } from './inbox-rules.js';
import type { JournalBench } from './journal-bench.js';
import { leaseRules } from './lease-rules.js';
import { recordRules } from './record-rules.js';

/** Every rule for a `Journal`, in the order in which they are best read. */
export const journalRules: readonly Rule<JournalBench>[] = [
  ...recordRules,
  ...leaseRules,
  ...absenceRules,
  ...inboxRules,
  ...endingRules,
];

/** Registers one test per rule. `makeBench` makes an empty store for each rule and is called inside the test. */
export function testJournal(
  runner: TestFunctions,
  makeBench: () => JournalBench | Promise<JournalBench>,
  options: ConformanceOptions = {},
): void {
  registerSuite(runner, suiteOf(makeBench), options);
}

/** The same without a test runner: tries every rule and answers what was seen. */
export function proveJournal(
  makeBench: () => JournalBench | Promise<JournalBench>,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  return runSuite(suiteOf(makeBench), options);
}

function suiteOf(makeBench: () => JournalBench | Promise<JournalBench>): Suite<JournalBench> {
  return {
    kind: 'journal',
    rules: journalRules,
    async open() {
      const bench = await makeBench();
      const sessions: JournalSession[] = [];
      const open = () => keepingSessions(bench.open(), sessions);
      const close = async () => {
        // Writers keep files open.
        for (const session of sessions) await session.close().catch(() => undefined);
        await bench.close?.();
      };
      return { trial: { ...bench, open }, harness: {}, close };
    },
  };
}

/** The same journal; whoever joins is put on a list. */
function keepingSessions(journal: Journal, sessions: JournalSession[]): Journal {
  const join: Journal['join'] = async (who) => {
    const session = await journal.join(who);
    sessions.push(session);
    return session;
  };
  return { ...journal, join };
}
