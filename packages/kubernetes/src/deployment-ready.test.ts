import { describe, expect, test } from 'vitest';
import type { DeploymentObject } from './deployment-object.js';
import { readinessOf } from './deployment-ready.js';
import type { Condition, ContainerStatus, Pod } from './objects.js';

const noted = 'bluegreen.dev/release';
const now = Date.parse('2026-01-01T00:01:00Z');
type Status = NonNullable<DeploymentObject['status']>;

function deployment(status: Status = {}, spec: object = {}): DeploymentObject {
  return {
    metadata: { name: 'web-green', resourceVersion: '1', generation: 2 },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { annotations: { [noted]: 'r1' } }, spec: { containers: [] } },
      ...spec,
    },
    status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...status },
  };
}

function pod(name: string, { ready = true, release = 'r1', since = '2026-01-01T00:00:00Z', waiting = '' } = {}): Pod {
  const conditions: Condition[] = [
    { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: since },
    { type: 'PodScheduled', status: 'True' },
  ];
  const containerStatuses: ContainerStatus[] =
    waiting === '' ? [] : [{ name: 'web', state: { waiting: { reason: waiting } } }];
  const metadata = { name, resourceVersion: '1', annotations: { [noted]: release } };
  return { metadata, status: { conditions, containerStatuses } };
}

const both = [pod('a'), pod('b')];

describe('how ready a Deployment is (S1)', () => {
  test('all pods of this release are ready: nothing is missing', () => {
    expect(readinessOf(deployment(), both, now)).toEqual({ ready: 2, why: null });
  });

  test('a status that is about an older spec counts for nothing: the pods do', () => {
    const status = { observedGeneration: 1, replicas: 4, updatedReplicas: 0, availableReplicas: 4 };
    expect(readinessOf(deployment(status), both, now).ready).toBe(2);
    expect(readinessOf(deployment(status), [pod('a', { ready: false })], now).ready).toBe(0);
  });

  test('it is not whole while pods of the version before are left, known by their note or by the status', () => {
    const mixed = readinessOf(deployment({ replicas: 3 }), both, now);
    expect(mixed).toMatchObject({ ready: 1, why: expect.stringContaining('1 of the version before are left') });
    expect(readinessOf(deployment(), [...both, pod('old', { release: 'r0' })], now).ready).toBe(1);
  });

  test('a pod counts once it was ready for `minReadySeconds`', () => {
    const spec = { minReadySeconds: 30 };
    const young = pod('b', { since: '2026-01-01T00:00:31Z' });
    expect(readinessOf(deployment({}, spec), [pod('a'), young], now).ready).toBe(1);
    expect(readinessOf(deployment({}, spec), [pod('a'), young], now + 1_000).ready).toBe(2);
  });

  test.each<[string, Status, object, Pod[]]>([
    [
      'its progress deadline is over',
      { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
      {},
      [pod('a')],
    ],
    ['the Deployment is paused', {}, { paused: true }, [pod('a')]],
    [
      'exceeded quota',
      { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }] },
      {},
      [pod('a')],
    ],
    ...[
      'CrashLoopBackOff',
      'ImagePullBackOff',
      'ErrImagePull',
      'CreateContainerConfigError',
      'CreateContainerError',
      'InvalidImageName',
    ].map((waiting): [string, Status, object, Pod[]] => [
      `${waiting} (b, container web)`,
      {},
      {},
      [pod('a'), pod('b', { ready: false, waiting })],
    ]),
  ])('says why it is not: %s', (why, status, spec, pods) => {
    expect(readinessOf(deployment(status, spec), pods, now)).toEqual({ ready: 1, why: `1 of 2 ready: ${why}` });
  });

  test('a deadline of the spec before is no trouble of this one', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    expect(readinessOf(deployment({ observedGeneration: 1, conditions }), [pod('a')], now).why).toBe('1 of 2 ready');
  });

  test('the same trouble of many pods is said once', () => {
    const unschedulable = (name: string): Pod => ({
      ...pod(name, { ready: false }),
      status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no room' }] },
    });
    const { why } = readinessOf(deployment(), [unschedulable('a'), unschedulable('b')], now);
    expect(why).toBe('0 of 2 ready: Unschedulable (no room)');
  });
});
