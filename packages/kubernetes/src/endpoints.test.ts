import type { Slot } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import { compareEndpoints, isBuiltIn } from './endpoints.js';
import type { Endpoint, EndpointSlice, Pod } from './objects.js';

const label = 'bluegreen.dev/slot';

function pod(name: string, slot: string, ready: 'True' | 'False' = 'True', more: object = {}): Pod {
  const metadata = { name, uid: `uid-${name}`, resourceVersion: '1', labels: { [label]: slot }, ...more };
  return { metadata, status: { conditions: [{ type: 'Ready', status: ready }] } };
}

function endpoint(name: string, conditions?: Endpoint['conditions']): Endpoint {
  const targetRef = { kind: 'Pod', name, uid: `uid-${name}` };
  return conditions === undefined ? { targetRef } : { targetRef, conditions };
}

function slice(endpoints: readonly Endpoint[] | null, manager = 'endpointslice-controller.k8s.io'): EndpointSlice {
  const labels = { 'endpointslice.kubernetes.io/managed-by': manager };
  return { metadata: { name: 'web-1', resourceVersion: '1', labels }, endpoints };
}

const pods = [pod('blue-1', 'blue'), pod('blue-2', 'blue'), pod('green-1', 'green')];
const slotOf = ({ metadata }: Pod) => metadata.labels?.[label];
const compare = (slices: readonly EndpointSlice[], slot: Slot | null = 'blue', known = pods) =>
  compareEndpoints(slices, known, slotOf, slot);

describe('the set of endpoints against the pods of the slot', () => {
  test('every pod of the slot and no other: it has arrived', () => {
    expect(compare([slice([endpoint('blue-1'), endpoint('blue-2')])])).toEqual({ wrong: [], missing: [], right: 2 });
  });

  test('several slices, of two address families and with the same pod twice, are one set', () => {
    const slices = [slice([endpoint('blue-1')]), slice([endpoint('blue-2'), endpoint('blue-1')]), slice(null)];
    expect(compare(slices)).toEqual({ wrong: [], missing: [], right: 2 });
  });

  test.each<[string, Endpoint['conditions'], boolean]>([
    ['absent: ready', undefined, true],
    ['empty: ready', {}, true],
    ['ready', { ready: true, serving: true, terminating: false }, true],
    ['not ready', { ready: false, serving: false, terminating: false }, false],
    ['draining: serves what is open and gets nothing new', { ready: false, serving: true, terminating: true }, false],
  ])('conditions %s', (_, conditions, isUsable) => {
    const slices = [slice([endpoint('blue-1'), endpoint('blue-2'), endpoint('green-1', conditions)])];
    expect(compare(slices).wrong).toEqual(isUsable ? ['green-1'] : []);
  });

  test('slices that another controller or a person keeps do not count', () => {
    const foreign = slice([endpoint('green-1')], 'my-own-controller');
    expect(isBuiltIn(foreign)).toBe(false);
    expect(compare([foreign])).toEqual({ wrong: [], missing: ['blue-1', 'blue-2'], right: 0 });
  });

  test('an endpoint whose pod nobody knows, or that has none, is wrong', () => {
    const { wrong } = compare([slice([endpoint('gone'), { addresses: ['10.0.0.1'] }])]);
    expect(wrong).toEqual(['gone', 'an endpoint without a pod']);
  });

  test('while nobody shall be reached, everybody who is reached is wrong', () => {
    expect(compare([slice([endpoint('blue-1')])], null).wrong).toEqual(['blue-1']);
  });

  test('pods that are not ready, or are being deleted, are not missed', () => {
    const known = [
      ...pods,
      pod('blue-3', 'blue', 'False'),
      pod('blue-4', 'blue', 'True', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    ];
    expect(compare([slice([endpoint('blue-1')])], 'blue', known).missing).toEqual(['blue-2']);
  });
});
