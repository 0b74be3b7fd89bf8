import { everythingTo } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import { type Bench, type BenchOptions, benchOf, splitTo } from './bench.fixture.js';
import { type Expectations, violationsOf } from './invariants.js';

/** A release as it should be, up to the point where `green` has everything and nobody is left in `blue`. */
function cutOver(options: BenchOptions = {}): Bench {
  const bench = benchOf(options);
  bench.deploy('green', 'v2');
  for (const percent of [10, 50, 100]) bench.route(percent, { rest: { fallback: percent === 100 ? 'green' : 'blue' } });
  bench.pass(60_000);
  return bench;
}

function idsOf(bench: Bench, expectations: Expectations = {}): string[] {
  return [...new Set(violationsOf(bench.ledger(), expectations).map(({ id }) => id))].sort();
}

const quietly = (answer: (error: Error | null) => void) => answer(null);

describe('a release that keeps its promises', () => {
  test('breaks none', () => {
    const bench = cutOver();
    bench.pass(600_000);
    expect(bench.converge('blue', null)).toBe('ok');
    expect(idsOf(bench, { retainMs: 600_000, drainMs: 60_000 })).toEqual([]);
    expect(bench.totals().failed).toBe(0);
  });

  test('breaks none in two releases in a row on one world', () => {
    const bench = cutOver();
    bench.converge('blue', null);
    bench.deploy('blue', 'v3', { epoch: 2 });
    for (const percent of [90, 50, 0]) {
      const slot = percent === 0 ? 'blue' : 'green';
      bench.tryRoute(splitTo(percent, { candidate: 'blue', fallback: slot }), { epoch: 2 });
    }
    bench.pass(60_000);
    bench.converge('green', null, { epoch: 2 });
    expect(idsOf(bench)).toEqual([]);
    expect(bench.totals().failed).toBe(0);
    expect(bench.ledger().deployments.map(({ version, slot }) => `${version} ${slot}`)).toEqual([
      'v1 blue',
      'v2 green',
      'v3 blue',
    ]);
  });

  test('breaks none when it goes back', () => {
    const bench = benchOf();
    bench.deploy('green', 'v2');
    for (const percent of [10, 50, 0]) bench.route(percent);
    bench.pass(60_000);
    bench.converge('green', null);
    expect(idsOf(bench, { retainMs: 'keep' })).toEqual([]);
  });

  test('breaks none on the first deploy', () => {
    const bench = benchOf({ start: 'empty' });
    bench.deploy('blue', 'v1');
    bench.tryRoute(everythingTo('blue'));
    expect(idsOf(bench)).toEqual([]);
  });
});

describe('the judge sees', () => {
  test('S1: weight before capacity', () => {
    const bench = benchOf();
    bench.converge('green', { id: 'r', version: 'v2' });
    bench.route(10);
    expect(idsOf(bench)).toEqual(['S1']);
  });

  test('S1: a shortage that nobody could know of is none', () => {
    const bench = benchOf();
    bench.deploy('green', 'v2');
    bench.world.crash('checkout', 'green');
    bench.pass(4_000);
    bench.route(10);
    expect(idsOf(bench)).toEqual(['S1']);
    expect(idsOf(bench, { noticeMs: 10_000 })).toEqual([]);
  });

  test('S14: users go back to a slot that was dead for longer than anybody needs to see it', () => {
    const bench = benchOf();
    bench.deploy('green', 'v2');
    bench.pass(60_000);
    bench.route(100);
    bench.world.crash('checkout', 'blue');
    bench.pass(4_000);
    bench.route(0);
    expect(idsOf(bench)).toEqual(['S14']);
    expect(idsOf(bench, { noticeMs: 10_000 })).toEqual(['S14']);
    expect(idsOf(bench, { returnMs: 10_000 })).toEqual([]);
  });

  test('S2: weight before the router knows anybody there', () => {
    const eager = benchOf({ router: { reportsHealth: true, registrationMs: 300_000 } });
    eager.deploy('green', 'v2');
    eager.route(10);
    expect(idsOf(eager)).toEqual(['S2']);
    eager.pass(10_000);
    expect(eager.totals().slots.green.unready).toBeGreaterThan(0);
    expect(eager.totals().slots.blue.unready).toBe(0);
  });

  test('S9: a weight that goes up after it had gone down', () => {
    const bench = benchOf();
    bench.deploy('green', 'v2');
    for (const percent of [10, 5, 20]) bench.route(percent);
    expect(idsOf(bench)).toEqual(['S9']);
  });

  test('S8: weights that are no 100', () => {
    const bench = benchOf();
    bench.tryRoute({ ...splitTo(0), weights: { blue: 80, green: 10 } });
    expect(idsOf(bench)).toContain('S8');
  });

  test('S11: a slot that goes before it is drained', () => {
    const bench = cutOver({ traffic: { longestRequestMs: 90_000 } });
    bench.converge('blue', null);
    expect(idsOf(bench)).toEqual(['S11']);
    const patient = cutOver({ traffic: { longestRequestMs: 90_000 } });
    patient.pass(60_000);
    patient.converge('blue', null);
    expect(idsOf(patient)).toEqual([]);
    expect(idsOf(patient, { drainMs: 200_000 })).toEqual(['S11']);
  });

  test('S11: a slot that some router still uses', () => {
    const bench = cutOver({ router: { capabilities: { propagationMs: 120_000 } } });
    bench.converge('blue', null);
    expect(idsOf(bench)).toEqual(['S11']);
    expect(bench.ledger().irreversible[0]!.reach).toMatchObject({ stored: [], inUse: ['weight', 'fallback'] });
  });

  test('S4, S12: a slot that serves is retired', () => {
    const bench = benchOf();
    bench.deploy('green', 'v2');
    bench.route(50);
    bench.converge('blue', null);
    expect(idsOf(bench)).toEqual(['S11', 'S12', 'S4', 'S54']);
    bench.pass(10_000);
    expect(bench.totals().slots.blue.retired).toBeGreaterThan(0);
  });

  test('S57: a slot that serves is deployed over', () => {
    const bench = benchOf();
    bench.deploy('green', 'v2');
    bench.route(50);
    bench.converge('green', { id: 'r3', version: 'v3' });
    expect(idsOf(bench)).toEqual(['S11', 'S4', 'S57']);
  });

  test('S14: traffic goes back to where nothing is ready', () => {
    const bench = cutOver();
    bench.world.inject({ fault: 'active-dies' });
    bench.route(0);
    expect(idsOf(bench)).toEqual(['S14']);
  });

  test('S15: an old slot that was to stay longer', () => {
    const bench = cutOver();
    bench.converge('blue', null);
    expect(idsOf(bench, { retainMs: 60_000 })).toEqual([]);
    expect(idsOf(bench, { retainMs: 600_000 })).toEqual(['S15']);
    expect(idsOf(bench, { retainMs: 'keep' })).toEqual(['S15']);
  });

  test('S36: an old owner that writes after a new one', () => {
    const bench = benchOf({ router: { capabilities: { fencing: 'none' } } });
    bench.route(0, { epoch: 2, owner: 'new' });
    bench.route(0, { epoch: 1, owner: 'old' });
    expect(idsOf(bench)).toEqual(['S36']);
  });

  test('S50: a slot that goes while a write may still land on it', () => {
    const bench = benchOf({
      router: { capabilities: { lateWriteMs: 120_000, fencing: 'checked' } },
      faults: [{ at: { operation: 'route', call: 2 }, fault: 'hang', lands: 'after-next-write' }],
    });
    bench.deploy('green', 'v2');
    bench.route(10);
    bench.route(50, { patienceMs: 5_000 });
    bench.route(0);
    bench.pass(60_000);
    bench.route(0);
    bench.pass(30_000);
    bench.converge('green', null);
    expect(idsOf(bench)).toEqual([]);
    const lost = benchOf({
      router: { capabilities: { lateWriteMs: 120_000, fencing: 'checked' } },
      faults: [{ at: { operation: 'route', call: 2 }, fault: 'hang', lands: { afterMs: 100_000 } }],
    });
    lost.deploy('green', 'v2');
    lost.route(10);
    lost.route(50, { patienceMs: 5_000 });
    lost.route(0);
    lost.pass(60_000);
    lost.converge('green', null);
    expect(idsOf(lost)).toEqual(['S50']);
    expect(lost.ledger().irreversible[0]!.unresolved).toEqual(['owner/1.3']);
    lost.pass(60_000);
    expect(lost.ledger().routing.at(-1)).toMatchObject({ by: 'late-route', places: { green: { version: null } } });
    expect(violationsOf(lost.ledger()).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/where nothing runs/),
    );
  });

  test('S50: an enforced fence keeps such a write out, so the slot may go', () => {
    const bench = benchOf({
      router: { capabilities: { lateWriteMs: 120_000 } },
      faults: [{ at: { operation: 'route', call: 2 }, fault: 'hang', lands: { afterMs: 100_000 } }],
    });
    bench.deploy('green', 'v2');
    bench.route(10);
    bench.route(50, { patienceMs: 5_000 });
    bench.route(0);
    bench.pass(60_000);
    bench.converge('green', null);
    bench.pass(120_000);
    expect(idsOf(bench)).toEqual([]);
    expect(bench.totals().slots.green.retired).toBe(0);
  });

  test('S51: a new owner that relies on a routing without its own stamp', () => {
    const bench = cutOver();
    bench.converge('blue', null, { epoch: 2, owner: 'new' });
    expect(idsOf(bench)).toEqual(['S51']);
    const careful = cutOver();
    careful.route(100, { epoch: 2, owner: 'new', rest: { fallback: 'green' } });
    careful.converge('blue', null, { epoch: 2, owner: 'new' });
    expect(idsOf(careful)).toEqual([]);
  });

  test('S52: an owner that goes on after it was fenced off', () => {
    const bench = benchOf();
    bench.route(0, { epoch: 2, owner: 'new' });
    expect(bench.route(0, { epoch: 1, owner: 'old' })).toBe('simulator/fenced');
    expect(idsOf(bench)).toEqual([]);
    bench.converge('green', { id: 'r', version: 'v2' }, { epoch: 1, owner: 'old' });
    expect(idsOf(bench)).toEqual(['S52']);
  });

  test('S53: a slot that a restarted router would serve', () => {
    const bench = cutOver({ router: { afterRestart: 'initial' } });
    bench.converge('blue', null);
    expect(idsOf(bench)).toEqual(['S53']);
    bench.world.inject({ fault: 'router-restarts' });
    bench.pass(10_000);
    expect(bench.totals().slots.blue.retired).toBeGreaterThan(500);
  });

  test.each([
    ['preview', { preview: 'blue' }],
    ['fallback', { fallback: 'blue' }],
    ['mirror', { mirror: { slot: 'blue', percent: 1 } }],
    ['audience', { audiences: [{ name: 'a', match: { cookie: 'a', equals: '1' }, slot: 'blue' }] }],
  ] as const)('S54: a slot at which the %s points', (part, rest) => {
    const bench = cutOver({ traffic: { longestRequestMs: 0 } });
    bench.route(100, { rest: { fallback: 'green', ...rest } });
    bench.converge('blue', null);
    expect(idsOf(bench)).toEqual(['S54']);
    expect(bench.ledger().irreversible[0]!.reach.stored).toEqual([part]);
  });

  test('S55: a cohort that grows on the wrong side', () => {
    const bench = benchOf();
    bench.deploy('green', 'v2');
    bench.route(10, { rest: { cohort: { kind: 'sticky' }, candidate: 'blue' } });
    expect(idsOf(bench)).toEqual(['S55']);
  });

  test('S56: an irreversible request that nobody looked before', () => {
    const bench = cutOver();
    bench.converge('blue', null, { confirm: quietly });
    expect(idsOf(bench)).toEqual(['S56']);
  });
});
