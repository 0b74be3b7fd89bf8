import type { Journal, JournalSession } from '@bluegreen/contract';
import { absenceRules } from './absence-rules.fixture.js';
import { endingRules } from './ending-rules.fixture.js';
import { inboxRules } from './inbox-rules.fixture.js';
import type { JournalBench, SuiteCase } from './journal-bench.fixture.js';
import { leaseRules } from './lease-rules.fixture.js';
import { recordRules } from './record-rules.fixture.js';

/** The test functions of any runner. */
export interface SuiteRunner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>): void;
}

/** What every journal must do. `makeBench` makes an empty store for each test. */
export function journalSuite(runner: SuiteRunner, makeBench: () => Promise<JournalBench>): void {
  const parts: Readonly<Record<string, readonly SuiteCase[]>> = {
    records: recordRules,
    leases: leaseRules,
    absence: absenceRules,
    inbox: inboxRules,
    endings: endingRules,
  };
  for (const [name, cases] of Object.entries(parts)) {
    runner.describe(name, () => {
      for (const [rule, body] of cases) runner.test(rule, async () => closingSessions(await makeBench(), body));
    });
  }
}

/** Closes what a test joined: writers keep files open. */
async function closingSessions(bench: JournalBench, body: SuiteCase[1]): Promise<void> {
  const sessions: JournalSession[] = [];
  const open = () => {
    const journal = bench.open();
    const join: Journal['join'] = async (who) => {
      const session = await journal.join(who);
      sessions.push(session);
      return session;
    };
    return { ...journal, join };
  };
  try {
    await body({ ...bench, open });
  } finally {
    for (const session of sessions) await session.close();
  }
}
