import type { EnvironmentTarget } from '@bluegreen/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubernetesCluster } from './cluster.js';
import {
  autoscalerKind,
  autoscalerOf,
  deploymentOf,
  hasControlPlane,
  openNamespace,
  type TestNamespace,
} from './control-plane.fixture.js';
import { deploymentEnvironment } from './deployment-environment.js';
import type { AutoscalerObject } from './deployment-object.js';

const signal = () => AbortSignal.timeout(20_000);

describe.runIf(hasControlPlane('that autoscalers are frozen and let go of on a real API server'))(
  'the autoscaler of a slot',
  { timeout: 60_000 },
  () => {
    let namespace: TestNamespace;
    const clusters: { close(): void }[] = [];
    let count = 0;
    let sequence = 0;

    beforeAll(async () => {
      namespace = await openNamespace();
    }, 60_000);
    afterAll(async () => {
      for (const cluster of clusters) cluster.close();
      await namespace?.close();
    });

    const start = async () => {
      count += 1;
      const app = `app${count}`;
      const names = { blue: `${app}-blue`, green: `${app}-green` };
      for (const slot of ['blue', 'green'] as const) {
        await namespace.create('apps/v1/deployments', deploymentOf(app, slot, slot === 'blue' ? 2 : 0));
        await namespace.create(autoscalerKind, autoscalerOf(names[slot], 2, 9));
      }
      /** As another process would, which has seen nothing yet. */
      const open = () => {
        const cluster = kubernetesCluster({ kubeConfig: namespace.kubeConfig });
        clusters.push(cluster);
        return deploymentEnvironment({
          cluster,
          namespace: namespace.name,
          deployments: names,
          autoscalers: names,
          image: ({ version }) => `web:${version}`,
          writeTimeout: '2s',
        });
      };
      const limits = async () => {
        const { spec } = await namespace.get<AutoscalerObject>(autoscalerKind, names.green);
        return [spec.minReplicas, spec.maxReplicas];
      };
      return { names, open, limits };
    };
    const target = (
      release: EnvironmentTarget['release'],
      atLeast: number,
      autoscaling: EnvironmentTarget['autoscaling'] = 'free',
    ): EnvironmentTarget => ({ slot: 'green', release, atLeast, autoscaling, workers: 'active' });
    const call = () => {
      sequence += 1;
      const fence = { epoch: 1, sequence };
      return { signal: signal(), fence, idempotencyKey: `key-${sequence}`, confirm: async () => {} };
    };
    const release = { id: 'r1', version: 'v2' };

    test('is frozen, and gets its own limits back, also from another process', async () => {
      const { open, limits } = await start();
      const environment = open();
      await environment.converge(target(release, 3, 'frozen'), call());
      expect(await limits()).toEqual([3, 3]);
      expect((await environment.observe('green', { signal: signal() })).autoscaling).toBe('frozen');
      const other = open();
      await other.converge(target(release, 3), call());
      expect(await limits()).toEqual([2, 9]);
      expect((await other.observe('green', { signal: signal() })).autoscaling).toBe('free');
    });

    test('is frozen at the size that the slot has grown to, and keeps its limits when it is frozen anew', async () => {
      const { names, open, limits } = await start();
      await open().converge(target(release, 3), call());
      await namespace.patch('apps/v1/deployments', names.green, { spec: { replicas: 5 } });
      const environment = open();
      await environment.converge(target('unchanged', 3, 'frozen'), call());
      expect(await limits()).toEqual([5, 5]);
      await environment.converge(target('unchanged', 6, 'frozen'), call());
      expect(await limits()).toEqual([6, 6]);
      await environment.converge(target('unchanged', 6), call());
      expect(await limits()).toEqual([2, 9]);
    });

    test.each([
      ['its maximum', { maxReplicas: 20 }, [2, 20]],
      ['its minimum', { minReplicas: 1 }, [1, 9]],
      ['both', { minReplicas: 4, maxReplicas: 6 }, [4, 6]],
    ])('keeps what a person set while it was frozen: %s', async (_, spec, expected) => {
      const { names, open, limits } = await start();
      await open().converge(target(release, 3, 'frozen'), call());
      await namespace.patch(autoscalerKind, names.green, { spec });
      const environment = open();
      await environment.converge(target(release, 3), call());
      expect(await limits()).toEqual(expected);
      expect((await environment.observe('green', { signal: signal() })).autoscaling).toBe('free');
    });

    test('that does not exist is named by preflight and by the freeze, and is nothing to let go of', async () => {
      const { names, open } = await start();
      await namespace.remove(autoscalerKind, names.green);
      const environment = open();
      const found = await environment.preflight!({ version: 'v2', atLeast: 1 }, { signal: signal() });
      expect(found).toContainEqual(expect.objectContaining({ code: 'kubernetes/autoscaler-missing' }));
      await expect(environment.converge(target(release, 3, 'frozen'), call())).rejects.toMatchObject({
        code: 'kubernetes/autoscaler-missing',
        reaction: 'permanent',
      });
      await environment.converge(target(release, 3), call());
    });

    test('that another controller keeps is refused, with the name of that controller', async () => {
      const { names, open } = await start();
      const { metadata } = await namespace.create<AutoscalerObject>('configmaps', { metadata: { name: names.green } });
      const owner = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'web', uid: metadata.uid };
      await namespace.patch(autoscalerKind, names.green, {
        metadata: { ownerReferences: [{ ...owner, controller: true }] },
      });
      const found = await open().preflight!({ version: 'v2', atLeast: 1 }, { signal: signal() });
      expect(found).toContainEqual(
        expect.objectContaining({
          code: 'kubernetes/autoscaler-owned',
          severity: 'refuse',
          message: expect.stringContaining('ScaledObject web'),
        }),
      );
    });

    test('is warned of where it may shrink the candidate below what the release needs', async () => {
      const { open } = await start();
      const found = await open().preflight!({ version: 'v2', atLeast: 3 }, { signal: signal() });
      expect(found.filter(({ code }) => code === 'kubernetes/autoscaler-shrinks')).toEqual([
        expect.objectContaining({ severity: 'warn', message: expect.stringContaining('minReplicas 2, needed 3') }),
        expect.objectContaining({ severity: 'warn' }),
      ]);
    });
  },
);
