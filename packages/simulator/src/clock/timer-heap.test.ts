import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimerHeap } from './timer-heap.js';

type Node = readonly [due: number, sequence: number, entry: number];

const inOrder = (a: Node, b: Node) => a[0] - b[0] || a[1] - b[1];

function drain(heap: TimerHeap): number[] {
  const entries: number[] = [];
  while (heap.size > 0) {
    entries.push(heap.firstEntry);
    heap.pop();
  }
  return entries;
}

test('gives entries back in the order of due and sequence, like a sorted list', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 300 }), (dues) => {
      const nodes = dues.map((due, index): Node => [due, index, index]);
      const heap = new TimerHeap();
      for (const node of nodes) heap.push(...node);
      expect(drain(heap)).toEqual([...nodes].sort(inOrder).map((node) => node[2]));
      expect(heap.firstDue).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

test('stays ordered while pushes, pops and sweeps mix', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), due: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ kind: fc.constant('pop' as const) }),
    fc.record({ kind: fc.constant('sweep' as const), modulus: fc.integer({ min: 2, max: 5 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const heap = new TimerHeap();
      let model: Node[] = [];
      let sequence = 0;
      for (const next of steps) {
        if (next.kind === 'push') {
          model.push([next.due, sequence, sequence]);
          heap.push(next.due, sequence, sequence);
          sequence++;
        } else if (next.kind === 'pop' && model.length > 0) {
          model.sort(inOrder);
          expect([heap.firstDue, heap.firstEntry]).toEqual([model[0]![0], model[0]![2]]);
          model.shift();
          heap.pop();
        } else if (next.kind === 'sweep') {
          model = model.filter((node) => node[2] % next.modulus !== 0);
          heap.keepOnly((entry) => entry % next.modulus !== 0);
        }
        expect(heap.size).toBe(model.length);
      }
      expect(drain(heap)).toEqual([...model].sort(inOrder).map((node) => node[2]));
    }),
  );
});
