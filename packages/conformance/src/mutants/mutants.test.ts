import { describe, expect, test } from 'vitest';
import { docsOf } from '../rule.js';
import { proveTrafficAdapter, trafficRules } from '../traffic/traffic-suite.js';
import { ownershipMutants, troubleMutants } from './ownership-mutants.fixture.js';
import { convergenceMutants, routerMutants } from './traffic-mutants.fixture.js';

const mutants = [...convergenceMutants, ...ownershipMutants, ...troubleMutants, ...routerMutants];

test('every rule has a mutant', () => {
  expect([...new Set(mutants.map(({ rule }) => rule))].sort()).toEqual(trafficRules.map(({ id }) => id).sort());
});

describe('a broken adapter is noticed', () => {
  test.each(mutants.map((mutant) => [mutant.rule, mutant.flaw, mutant] as const))('%s: %s', async (rule, _, mutant) => {
    const { rules } = await proveTrafficAdapter(() => mutant.makeBench(), { only: [rule] });
    expect(rules).toMatchObject([{ rule, status: 'broken' }]);
    expect(docsOf(rule)).toContain(rule);
  });
});
