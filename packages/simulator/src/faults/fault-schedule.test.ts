import { describe, expect, test } from 'vitest';
import { faultCatalogue, faultsOf, worldFaults } from './catalogue.js';
import type { Operation, PlannedFault } from './fault-plan.js';
import { FaultSchedule } from './fault-schedule.js';
import { validateFaults } from './validate-faults.js';

const faultsIn = (schedule: FaultSchedule, operation: Operation, calls: readonly [string, 'blue' | 'green' | null][]) =>
  calls.map(([service, slot]) => schedule.take(operation, service, slot).fault?.fault ?? null);

describe('a plan of faults', () => {
  test('names the n-th call, of a service or of all, about a slot or about both', () => {
    const calls = [
      ['a', 'blue'],
      ['b', 'blue'],
      ['a', 'green'],
      ['a', 'green'],
      ['b', 'green'],
    ] as const;
    const hit = (at: object) => {
      const schedule = new FaultSchedule([{ at: { operation: 'converge', ...at }, fault: 'conflict' } as PlannedFault]);
      return faultsIn(
        schedule,
        'converge',
        calls.map(([service, slot]) => [service, slot]),
      ).indexOf('conflict');
    };
    expect(hit({ call: 2 })).toBe(1);
    expect(hit({ call: 2, service: 'a' })).toBe(2);
    expect(hit({ call: 2, slot: 'green' })).toBe(3);
    expect(hit({ call: 1, slot: 'green', service: 'b' })).toBe(4);
    expect(hit({ call: 9 })).toBe(-1);
  });

  test('lasts for as many calls as it says, and flapping for every other of them', () => {
    const outcomes = (planned: PlannedFault) =>
      faultsIn(
        new FaultSchedule([planned]),
        'observe-routing',
        Array.from({ length: 7 }, () => ['a', null]),
      );
    const at = { operation: 'observe-routing', call: 2 } as const;
    const [x, f] = ['unreachable', 'flapping'];
    expect(outcomes({ at: { ...at, times: 3 }, fault: 'unreachable' })).toEqual([null, x, x, x, null, null, null]);
    expect(outcomes({ at, fault: 'flapping' })).toEqual([null, f, null, f, null, null, null]);
    expect(outcomes({ at: { ...at, times: 6 }, fault: 'flapping' })).toEqual([null, f, null, f, null, f, null]);
  });

  test('flaps at each slot, whatever the order in which the slots are read', () => {
    const planned = { at: { operation: 'observe-environment', call: 2 }, fault: 'flapping' } as const;
    const [f, b, g] = ['flapping', 'blue', 'green'] as const;
    const slots = [b, g, b, g, b, b, b, g, g, b, g] as const;
    const hit = faultsIn(
      new FaultSchedule([planned]),
      'observe-environment',
      slots.map((slot) => ['a', slot]),
    );
    expect(hit).toEqual([null, f, f, null, null, f, null, f, null, null, null]);
  });

  test('the first fault that fits a call wins; faults of the world come with it', () => {
    const at = { operation: 'route', call: 1 } as const;
    const schedule = new FaultSchedule([
      { at, fault: 'foreign-edit', delayMs: 10 },
      { at, fault: 'hang' },
      { at, fault: 'denied' },
    ]);
    expect(schedule.take('route', 'a', null)).toMatchObject({
      call: 1,
      fault: { fault: 'hang' },
      before: [{ fault: { fault: 'foreign-edit' }, service: null, delayMs: 10 }],
    });
  });

  test.each<[string, PlannedFault | object]>([
    ['no fault is called', { at: { time: 0 }, fault: 'gremlins' }],
    ['no service is called', { at: { operation: 'route', call: 1, service: 'nowhere' }, fault: 'hang' }],
    ['happens to a call', { at: { time: 5 }, fault: 'hang' }],
    ['before the world began', { at: { time: -1 }, fault: 'foreign-edit' }],
    ['are counted', { at: { operation: 'route', call: 0 }, fault: 'hang' }],
    ['does not happen to metrics', { at: { operation: 'metrics', call: 1 }, fault: 'reply-lost' }],
    [
      'lateWriteMs promises at most 1000',
      { at: { operation: 'route', call: 1 }, fault: 'hang', lands: { afterMs: 1_001 } },
    ],
  ])('is refused when it could never happen: %s', (detail, planned) => {
    const services = { a: { route: 1_000, converge: 5_000 } };
    expect(() =>
      validateFaults([{ at: { time: 0 }, fault: 'foreign-edit' }, planned as PlannedFault], services),
    ).toThrow(
      expect.objectContaining({
        code: 'simulator/fault-invalid',
        path: 'faults[1]',
        detail: expect.stringContaining(detail),
      }),
    );
  });

  test('every provider fault of the catalogue has a name here', () => {
    const ids = new Set(Object.values(faultCatalogue).flatMap((row) => row.ids));
    const provider = [
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 26, 27, 28, 29, 30, 33, 34, 35,
    ];
    expect([...ids].sort()).toEqual(provider.map((number) => `F${number}`).sort());
  });

  test('lists what can happen to what', () => {
    expect(faultsOf('check')).toContain('check-fails');
    expect(faultsOf('check')).not.toContain('reply-lost');
    expect(faultsOf('route')).toEqual(expect.arrayContaining(['reply-lost', 'hang', 'partial']));
    expect(worldFaults()).toEqual(expect.arrayContaining(['outage', 'foreign-edit', 'router-restarts']));
    const all = new Set([
      ...(['route', 'observe-routing', 'converge', 'metrics', 'check'] as const).flatMap(faultsOf),
      ...worldFaults(),
    ]);
    expect([...all].sort()).toEqual(Object.keys(faultCatalogue).sort());
  });
});
