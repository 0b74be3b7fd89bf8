import { describe, expect, test } from 'vitest';
import { environmentRules, proveEnvironmentAdapter, testEnvironmentAdapter } from '../environment/environment-suite.js';
import { journalRules, proveJournal, testJournal } from '../journal/journal-suite.js';
import { proveTrafficAdapter, testTrafficAdapter, trafficRules } from '../traffic/traffic-suite.js';
import { environmentMutants } from './environment-mutants.fixture.js';
import { journalMutants, memoryJournalBench } from './journal-mutants.fixture.js';
import { memoryEnvironmentBench } from './memory-environment.fixture.js';
import { memoryRouterBench } from './memory-router.fixture.js';
import { trafficMutants } from './traffic-mutants.fixture.js';

describe('without a flaw', () => {
  testTrafficAdapter({ describe, test }, () => memoryRouterBench());
  testEnvironmentAdapter({ describe, test }, () => memoryEnvironmentBench());
  testJournal({ describe, test }, () => memoryJournalBench());
});

test.each([
  ['traffic', trafficRules, trafficMutants],
  ['environment', environmentRules, environmentMutants],
  ['journal', journalRules, journalMutants],
])('every rule for %s has a mutant', (_, rules, mutants) => {
  expect([...new Set(mutants.map(({ rule }) => rule))].sort()).toEqual(rules.map(({ id }) => id).sort());
});

describe('a broken router is noticed', () => {
  test.each(trafficMutants.map((each) => [each.rule, each.flaw, each.makeBench] as const))(
    '%s: %s',
    async (rule, _, makeBench) => {
      const { rules } = await proveTrafficAdapter(makeBench, { only: [rule] });
      expect(rules).toMatchObject([{ rule, status: 'broken' }]);
    },
  );
});

describe('a broken environment is noticed', () => {
  test.each(environmentMutants.map((each) => [each.rule, each.flaw, each.makeBench] as const))(
    '%s: %s',
    async (rule, _, makeBench) => {
      const { rules } = await proveEnvironmentAdapter(makeBench, { only: [rule] });
      expect(rules).toMatchObject([{ rule, status: 'broken' }]);
    },
  );
});

describe('a broken journal is noticed', () => {
  test.each(journalMutants.map((each) => [each.rule, each.flaw, each.makeBench] as const))(
    '%s: %s',
    { timeout: 20_000 },
    async (rule, _, makeBench) => {
      const { rules } = await proveJournal(makeBench, { only: [rule] });
      expect(rules).toMatchObject([{ rule, status: 'broken' }]);
    },
  );
});
