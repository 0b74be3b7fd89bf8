import { describe, expect, test } from 'vitest';
import type { Condition } from './objects.js';
import type { ParentRef, ParentStatus, RouteObject } from './route-object.js';
import { followRoute } from './route-state.js';

const generation = 7;
const condition = (type: string, status: string, reason: string, observedGeneration = generation): Condition => ({
  type,
  status,
  reason,
  observedGeneration,
});
const accepted = condition('Accepted', 'True', 'Accepted');
const resolved = condition('ResolvedRefs', 'True', 'ResolvedRefs');
const taken = (parentRef: ParentRef, conditions = [accepted, resolved], controllerName = 'a/b'): ParentStatus => ({
  parentRef,
  controllerName,
  conditions,
});

function follow(parentRefs: readonly ParentRef[], parents: readonly ParentStatus[]) {
  const metadata = { name: 'web', resourceVersion: '1', generation };
  const object: RouteObject = { metadata, spec: { parentRefs }, status: { parents } };
  return followRoute({ object });
}

const gateway = { name: 'public' };

describe('whether every Gateway has taken a route', () => {
  test('accepted and resolved for this generation, by each that the route names', () => {
    const second = { name: 'internal', namespace: 'infra', sectionName: 'https' };
    expect(follow([gateway], [taken(gateway)])).toEqual({ kind: 'done' });
    expect(follow([gateway, second], [taken(gateway)])).toMatchObject({
      kind: 'not-yet',
      summary: 'internal: no controller has taken the route',
      isRefused: false,
    });
    expect(follow([gateway, second], [taken(gateway), taken(second)])).toEqual({ kind: 'done' });
    const other = taken({ ...second, sectionName: 'http' });
    expect(follow([second], [other]).kind).toBe('not-yet');
  });

  test.each([
    ['an older generation was', [condition('Accepted', 'True', 'Accepted', generation - 1), resolved]],
    ['the references of an older one were', [accepted, condition('ResolvedRefs', 'True', 'ResolvedRefs', 6)]],
    ['only one of both is known', [accepted]],
    ['nothing is known', []],
    ['it is pending', [condition('Accepted', 'False', 'Pending'), resolved]],
    ['it is unknown', [condition('Accepted', 'Unknown', 'Pending'), resolved]],
  ])('not yet, where %s', (_, conditions) => {
    expect(follow([gateway], [taken(gateway, conditions)])).toMatchObject({ kind: 'not-yet', isRefused: false });
  });

  test.each(['NotAllowedByListeners', 'NoMatchingListenerHostname', 'NoMatchingParent', 'UnsupportedValue'])(
    'never, where it is not accepted: %s',
    (reason) => {
      const conditions = [condition('Accepted', 'False', reason), resolved];
      expect(follow([gateway], [taken(gateway, conditions)])).toEqual({
        kind: 'not-yet',
        summary: `public: Accepted is False: ${reason}`,
        isRefused: true,
      });
    },
  );

  test.each(['RefNotPermitted', 'InvalidKind', 'BackendNotFound', 'UnsupportedProtocol'])(
    'never, where a reference is not resolved: %s',
    (reason) => {
      const conditions = [accepted, condition('ResolvedRefs', 'False', reason)];
      expect(follow([gateway], [taken(gateway, conditions)])).toMatchObject({
        summary: `public: ResolvedRefs is False: ${reason}`,
        isRefused: true,
      });
    },
  );

  test('rules that are dropped are not in use, though the rest is', () => {
    const conditions = [accepted, resolved, condition('PartiallyInvalid', 'True', 'UnsupportedValue')];
    expect(follow([gateway], [taken(gateway, conditions)])).toMatchObject({
      summary: 'public: some rules are dropped: UnsupportedValue',
      isRefused: true,
    });
  });

  test('while one controller takes a Gateway over from another, one that is done is enough', () => {
    const waiting = taken(gateway, [], 'old/controller');
    expect(follow([gateway], [waiting, taken(gateway, [accepted, resolved], 'new/controller')])).toEqual({
      kind: 'done',
    });
  });

  test('a route that names no Gateway, or does not exist, will never be in use by itself', () => {
    expect(follow([], [])).toMatchObject({ kind: 'not-yet', isRefused: true });
    expect(followRoute({ object: null })).toMatchObject({ kind: 'not-yet', isRefused: true });
  });
});
