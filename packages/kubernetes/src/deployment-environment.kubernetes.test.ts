import type { EnvironmentTarget, Slot } from '@bluegreen/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KubernetesCluster, kubernetesCluster } from './cluster.js';
import {
  deploymentOf,
  hasControlPlane,
  openNamespace,
  slotLabel,
  type TestNamespace,
  untilAvailable,
} from './control-plane.fixture.js';
import { type DeploymentEnvironment, deploymentEnvironment } from './deployment-environment.js';
import type { DeploymentObject } from './deployment-object.js';
import type { DeploymentEnvironmentOptions } from './deployment-options.js';
import type { Pod } from './objects.js';

const signal = () => AbortSignal.timeout(20_000);

describe.runIf(hasControlPlane('that Deployments are slots on a real API server'))(
  'two Deployments',
  { timeout: 60_000 },
  () => {
    let namespace: TestNamespace;
    let cluster: KubernetesCluster;
    let count = 0;
    let sequence = 0;

    beforeAll(async () => {
      namespace = await openNamespace();
      cluster = kubernetesCluster({ kubeConfig: namespace.kubeConfig });
    }, 60_000);
    afterAll(async () => {
      cluster?.close();
      await namespace?.close();
    });

    const open = (app: string, more: Partial<DeploymentEnvironmentOptions> = {}): DeploymentEnvironment =>
      deploymentEnvironment({
        cluster,
        namespace: namespace.name,
        deployments: { blue: `${app}-blue`, green: `${app}-green` },
        image: ({ version }) => `web:${version}`,
        writeTimeout: '2s',
        ...more,
      });
    /** Blue runs two pods that somebody applied; green is empty. */
    const start = async (more: Partial<DeploymentEnvironmentOptions> = {}, greenPod: object = {}) => {
      count += 1;
      const app = `app${count}`;
      await namespace.create('apps/v1/deployments', deploymentOf(app, 'blue', 2));
      await namespace.create('apps/v1/deployments', deploymentOf(app, 'green', 0, greenPod));
      await untilAvailable(namespace, `${app}-blue`);
      return { app, environment: open(app, more) };
    };
    const target = (slot: Slot, release: EnvironmentTarget['release'], more: Partial<EnvironmentTarget> = {}) => ({
      slot,
      release,
      atLeast: 2,
      autoscaling: 'free' as const,
      workers: 'active' as const,
      ...more,
    });
    let confirmed = 0;
    const call = (epoch = 1) => {
      sequence += 1;
      return {
        signal: signal(),
        fence: { epoch, sequence },
        idempotencyKey: `key-${sequence}`,
        confirm: async () => {
          confirmed += 1;
        },
      };
    };
    const see = (environment: DeploymentEnvironment, slot: Slot) => environment.observe(slot, { signal: signal() });
    const untilReady = (environment: DeploymentEnvironment, slot: Slot, ready: number) =>
      namespace.until(`${slot} has ${ready} ready`, async () => (await see(environment, slot)).ready === ready);
    const podsOf = (app: string, slot: Slot) => namespace.list<Pod>('pods', `app=${app},${slotLabel}=${slot}`);

    test('reads what runs, also when somebody else deployed it', async () => {
      const { environment } = await start();
      expect(await see(environment, 'blue')).toMatchObject({ version: 'web:v1', desired: 2, ready: 2 });
      expect(await see(environment, 'green')).toMatchObject({ version: null, desired: 0, ready: 0 });
    });

    test('deploys a release, is ready when all pods are of it, and empties the slot again', async () => {
      const { environment } = await start();
      await environment.converge(target('green', { id: 'r1', version: 'v2' }), call());
      await untilReady(environment, 'green', 2);
      expect(await see(environment, 'green')).toMatchObject({ version: 'v2', releaseId: 'r1', desired: 2 });
      await environment.converge(target('green', null), call());
      await namespace.until('green is empty', async () => (await see(environment, 'green')).version === null);
    });

    test('the same tag again is a deployment of its own, the same release again is none (S40)', async () => {
      const { app, environment } = await start();
      await environment.converge(target('green', { id: 'r1', version: 'v2' }), call());
      await untilReady(environment, 'green', 2);
      const first = (await podsOf(app, 'green')).map(({ metadata }) => metadata.uid);
      await environment.converge(target('green', { id: 'r1', version: 'v2' }), call());
      await untilReady(environment, 'green', 2);
      expect((await podsOf(app, 'green')).map(({ metadata }) => metadata.uid)).toEqual(first);
      await environment.converge(target('green', { id: 'r2', version: 'v2' }), call());
      await namespace.until('the pods are new', async () => {
        const { releaseId, ready } = await see(environment, 'green');
        const uids = (await podsOf(app, 'green')).map((pod) => pod.metadata.uid);
        return releaseId === 'r2' && ready === 2 && uids.every((uid) => !first.includes(uid));
      });
    });

    test('never counts as ready while a pod of the version before is left (S1)', async () => {
      const { environment } = await start();
      await environment.converge(target('green', { id: 'r1', version: 'v2' }), call());
      await untilReady(environment, 'green', 2);
      await environment.converge(target('green', { id: 'r2', version: 'v3' }), call());
      let isSeen = false;
      await namespace.until('r2 is ready', async () => {
        const { releaseId, ready } = await see(environment, 'green');
        expect(releaseId).toBe('r2');
        const pods = await namespace.list<Pod>('pods', `${slotLabel}=green`);
        isSeen ||= ready < 2;
        return ready === 2 && pods.length > 0;
      });
      expect(isSeen).toBe(true);
    });

    test('says why a candidate never gets ready', async () => {
      const { environment } = await start({}, { nodeSelector: { fits: 'nowhere' } });
      await environment.converge(target('green', { id: 'r1', version: 'v2' }), call());
      await namespace.until('the reason is known', async () => {
        const { whyNotReady, ready } = await see(environment, 'green');
        return ready === 0 && (whyNotReady ?? '').includes('Unschedulable');
      });
    });

    test('asks before it deploys over pods or takes them away, and not before it makes some', async () => {
      const { environment } = await start();
      await environment.converge(target('green', { id: 'r1', version: 'v2' }), call());
      await untilReady(environment, 'green', 2);
      const before = confirmed;
      await environment.converge(target('green', 'unchanged', { atLeast: 3 }), call());
      expect(confirmed).toBe(before);
      await environment.converge(target('green', { id: 'r2', version: 'v3' }), call());
      expect(confirmed).toBe(before + 1);
      const refused = {
        ...call(),
        confirm: async () => {
          throw new Error('reachable after all');
        },
      };
      await expect(environment.converge(target('green', null), refused)).rejects.toThrow('reachable after all');
      expect((await see(environment, 'green')).desired).toBe(2);
    });

    test('a slot that changed while it was asked about is not touched (S12)', async () => {
      const { app, environment } = await start();
      await environment.converge(target('green', { id: 'r1', version: 'v2' }), call());
      const meddling = {
        ...call(),
        confirm: async () => {
          await namespace.patch('apps/v1/deployments', `${app}-green`, { spec: { minReadySeconds: 1 } });
        },
      };
      await expect(environment.converge(target('green', null), meddling)).rejects.toMatchObject({
        reaction: 'recompute',
      });
      expect((await see(environment, 'green')).desired).toBe(2);
    });

    test('a newer owner fences off an older one (S36)', async () => {
      const { environment } = await start();
      await environment.converge(target('green', { id: 'r1', version: 'v2' }), call(8));
      await expect(environment.converge(target('green', null), call(7))).rejects.toMatchObject({ reaction: 'fenced' });
    });

    test('image and replicas that a GitOps controller holds are not taken, unless the options name it', async () => {
      const { app, environment } = await start();
      const name = `${app}-green`;
      await namespace.patch(
        'apps/v1/deployments',
        name,
        { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1 } },
        { manager: 'gitops', apply: true, force: true },
      );
      const deploy = () => environment.converge(target('green', { id: 'r1', version: 'v2' }), call());
      await expect(deploy()).rejects.toMatchObject({
        code: 'kubernetes/field-owned',
        detail: expect.stringContaining('gitops owns .spec.replicas'),
      });
      const needs = { version: 'v2', atLeast: 2 } as const;
      const found = await environment.preflight!(needs, { signal: signal() });
      expect(found.filter(({ severity }) => severity === 'refuse')).toMatchObject([
        { code: 'kubernetes/field-owned', message: expect.stringContaining('gitops') },
      ]);
      const told = open(app, { overrule: ['gitops', 'kubectl-create'] });
      await told.converge(target('green', { id: 'r1', version: 'v2' }), call());
      await untilReady(told, 'green', 2);
    });

    test('scales the workers of a slot apart from its servers (S48)', async () => {
      const { app } = await start();
      for (const slot of ['blue', 'green']) {
        await namespace.create('apps/v1/deployments', deploymentOf(`${app}-worker`, slot, slot === 'blue' ? 1 : 0));
      }
      const workers = { deployments: { blue: `${app}-worker-blue`, green: `${app}-worker-green` }, replicas: 3 };
      const environment = open(app, { workers });
      expect((await see(environment, 'blue')).workers).toBe('active');
      const release = { id: 'r1', version: 'v2' };
      await environment.converge(target('green', release, { workers: 'idle' }), call());
      const worker = () => namespace.get<DeploymentObject>('apps/v1/deployments', workers.deployments.green);
      expect((await worker()).spec.replicas).toBe(0);
      expect((await worker()).spec.template.spec!.containers[0]!.image).toBe('web:v2');
      await environment.converge(target('green', release), call());
      expect((await worker()).spec.replicas).toBe(3);
      expect((await see(environment, 'green')).workers).toBe('active');
    });

    test('makes both slots from one template, the same in everything but slot and version', async () => {
      count += 1;
      const app = `app${count}`;
      const template = {
        spec: {
          selector: { matchLabels: { app } },
          template: {
            metadata: { labels: { app } },
            spec: { containers: [{ name: 'web', env: [{ name: 'A', value: '1' }] }] },
          },
        },
      } as DeploymentEnvironmentOptions['template'] & object;
      const environment = open(app, { template });
      expect(await see(environment, 'blue')).toMatchObject({ version: null, desired: 0 });
      await environment.converge(target('blue', { id: 'r1', version: 'v1' }), call());
      await environment.converge(target('green', { id: 'r2', version: 'v2' }), call());
      await untilReady(environment, 'blue', 2);
      await untilReady(environment, 'green', 2);
      const [blue, green] = [await see(environment, 'blue'), await see(environment, 'green')];
      expect(blue.spec).toBe(green.spec);
      await environment.converge(target('blue', null), call());
      await namespace.until('blue is empty', async () => (await see(environment, 'blue')).version === null);
    });

    test('preflight names what differs between the slots, and what no slot can be', async () => {
      const { app, environment } = await start();
      const needs = { version: 'v2', atLeast: 'match-active' } as const;
      const codes = async () => (await environment.preflight!(needs, { signal: signal() })).map(({ code }) => code);
      expect(await codes()).toEqual(['kubernetes/no-farewell', 'kubernetes/no-farewell']);
      await namespace.patch('apps/v1/deployments', `${app}-green`, {
        spec: { paused: true, template: { spec: { hostNetwork: true } } },
      });
      const found = await environment.preflight!(needs, { signal: signal() });
      expect(found.find(({ code }) => code === 'kubernetes/slots-differ')?.message).toContain('hostNetwork');
      expect(found.find(({ code }) => code === 'kubernetes/deployment-unsuitable')?.message).toContain('is paused');
      expect((await open('nowhere').preflight!(needs, { signal: signal() })).map(({ code }) => code)).toEqual([
        'kubernetes/slot-missing',
        'kubernetes/slot-missing',
      ]);
    });

    test('a StatefulSet is no slot: its name is refused as that of a Deployment which is missing', async () => {
      for (const slot of ['blue', 'green']) {
        const labels = { app: 'database', [slotLabel]: slot };
        await namespace.create('apps/v1/statefulsets', {
          metadata: { name: `database-${slot}` },
          spec: {
            replicas: 0,
            serviceName: 'database',
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:v1' }] } },
          },
        });
      }
      const environment = open('database');
      const found = await environment.preflight!({ version: 'v2', atLeast: 1 }, { signal: signal() });
      expect(found.map(({ code, severity }) => [code, severity])).toEqual([
        ['kubernetes/slot-missing', 'refuse'],
        ['kubernetes/slot-missing', 'refuse'],
      ]);
      const release = { id: 'r1', version: 'v2' };
      await expect(environment.converge(target('green', release), call())).rejects.toMatchObject({
        code: 'kubernetes/slot-missing',
        reaction: 'permanent',
      });
    });
  },
);
