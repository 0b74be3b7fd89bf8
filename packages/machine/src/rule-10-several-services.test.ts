import { describe, expect, it } from 'vitest';
import { explain } from './explain.js';
import { Fleet, fleetPlan } from './fleet.fixture.js';
import { policyOf } from './plan.fixture.js';

/** web calls api, api calls store; mail stands alone. */
const chain = { web: ['api'], api: ['store'], store: [], mail: [] };
const short = policyOf({
  bake: { forMs: 0, gates: [] },
  retire: { after: 0, candidate: 'retire', drainMs: 0 },
});

function fleetAt(phase: 'shifting' | 'baking'): Fleet {
  const fleet = new Fleet(fleetPlan(chain));
  fleet.playTo(phase);
  return fleet;
}

const rollback = { type: 'rollback-requested', abort: false, command: 'c1', by: 'ann', reason: 'because' } as const;

describe('rule 10: several services are one release', () => {
  it('takes every service to its end, the providers first at every step', () => {
    const fleet = new Fleet(fleetPlan(chain, short));
    fleet.playTo('promoted');
    const shifts = fleet.writes.filter((write) => / (10|100)$/.test(write));
    for (const percent of [10, 100]) {
      const order = ['store', 'api', 'web'].map((name) => shifts.indexOf(`${name} ${percent}`));
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(order).not.toContain(-1);
    }
    // A phase is a barrier: nobody is at 100 before everybody held 10.
    expect(shifts.indexOf('store 100')).toBeGreaterThan(shifts.indexOf('web 10'));
    expect(Object.values(fleet.state.services).map(({ outcome }) => outcome)).toEqual(Array(4).fill('promoted'));
  });

  it('shifts no service while the candidate of another is not fit', () => {
    const fleet = new Fleet(fleetPlan(chain));
    fleet.playTo('verifying');
    fleet.places.mail!.ready.green = 1;
    fleet.observeSlot('mail', 'green');
    fleet.settle(() => false);
    expect(fleet.state.phase).toBe('shifting');
    expect(Object.keys(fleet.places).map((name) => fleet.percent(name))).toEqual([0, 0, 0, 0]);
    fleet.places.mail!.ready.green = 2;
    fleet.settle(() => fleet.percent('mail') === 10 && fleet.percent('web') === 10);
    expect(fleet.percent('web')).toBe(10);
  });

  it('keeps a service where it is while its provider did not arrive, and says so', () => {
    const fleet = new Fleet(fleetPlan(chain));
    fleet.playTo('shifting');
    fleet.deaf.add('api');
    fleet.settle(() => false);
    expect([fleet.percent('store'), fleet.percent('api'), fleet.percent('web')]).toEqual([10, 0, 0]);
    expect(explain(fleet.state).sentence).toMatch(/api: the router accepted it, .*; web waits for api\.$/);
  });

  it('takes back every service that was shifted when one of them fails', () => {
    const fleet = new Fleet(fleetPlan(chain, short));
    fleet.play(() => fleet.percent('web') === 10);
    fleet.places.web!.ready.green = 0;
    fleet.playTo('rolled-back');
    expect(Object.keys(fleet.places).map((name) => fleet.percent(name))).toEqual([0, 0, 0, 0]);
    expect(fleet.state.cause).toMatchObject({ code: 'candidate-unfit', service: 'web' });
    expect(Object.values(fleet.state.services).map(({ outcome }) => outcome)).toEqual(Array(4).fill('rolled-back'));
  });

  it('goes back without an order and without a barrier: a broken router keeps no other service', () => {
    const fleet = fleetAt('baking');
    fleet.broken.add('store');
    fleet.tell(rollback);
    fleet.playTo('stuck');
    expect(['api', 'web', 'mail'].map((name) => fleet.percent(name))).toEqual([0, 0, 0]);
    expect(fleet.state.stuck).toMatchObject({ code: 'release/rollback-failed', from: 'rolling-back' });
    const outcomes = Object.entries(fleet.state.services).map(([name, { outcome }]) => [name, outcome]);
    expect(Object.fromEntries(outcomes)).toEqual({
      api: 'rolled-back',
      mail: 'rolled-back',
      store: 'stuck',
      web: 'rolled-back',
    });
  });

  it('leaves one service where users are served when its old slot is dead, and takes the others back (S14)', () => {
    const fleet = fleetAt('baking');
    fleet.places.api!.ready.blue = 0;
    fleet.observeSlot('api', 'blue');
    fleet.tell(rollback);
    fleet.playTo('stuck');
    expect(fleet.percent('api')).toBe(100);
    expect(['store', 'web', 'mail'].map((name) => fleet.percent(name))).toEqual([0, 0, 0]);
    expect(fleet.state.stuck).toMatchObject({ code: 'release/active-unhealthy' });
    fleet.places.api!.ready.blue = 2;
    fleet.tell({ type: 'retry-requested', command: 'c2', by: 'ann', reason: 'repaired' });
    fleet.playTo('rolled-back');
    expect(fleet.percent('api')).toBe(0);
    expect(fleet.service('api').outcome).toBe('rolled-back');
  });

  it('begins nothing when some services serve already and others never did', () => {
    const fleet = new Fleet(fleetPlan(chain), ['mail']);
    fleet.playTo('stuck');
    expect(fleet.state.stuck?.code).toBe('release/first-deploy-mixed');
    expect(fleet.writes.filter((write) => write.startsWith('deploy'))).toEqual([]);
  });

  it('deploys a fleet that never served, all at once and in order', () => {
    const fleet = new Fleet(fleetPlan(chain, short), Object.keys(chain));
    fleet.playTo('promoted');
    const shifts = ['store', 'api', 'web'].map((name) =>
      fleet.writes.findIndex((write) => write.startsWith(`${name} `)),
    );
    expect(shifts).toEqual([...shifts].sort((a, b) => a - b));
  });
});
