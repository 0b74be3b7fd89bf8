import { everythingTo, type Fence, type Slot, systemClock, type TrafficTarget, weights } from '@bluegreen/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubernetesCluster } from './cluster.js';
import {
  deploymentOf,
  hasControlPlane,
  openNamespace,
  serviceOf,
  slotLabel,
  type TestNamespace,
  untilAvailable,
} from './control-plane.fixture.js';
import type { EndpointSlice, ServiceObject } from './objects.js';
import { type ServiceTraffic, serviceTraffic } from './service-traffic.js';

const signal = () => AbortSignal.timeout(20_000);
const call = (epoch: number, sequence: number, key = `${epoch}.${sequence}`) => ({
  signal: signal(),
  fence: { epoch, sequence } satisfies Fence,
  idempotencyKey: key,
});
const to = (slot: Slot, preview: Slot | null = null): TrafficTarget => everythingTo(slot, { fallback: null, preview });

describe.runIf(hasControlPlane('that a Service is switched on a real API server'))(
  'a Service',
  { timeout: 60_000 },
  () => {
    let namespace: TestNamespace;
    const clusters: { close(): void }[] = [];
    let count = 0;

    beforeAll(async () => {
      namespace = await openNamespace();
      for (const slot of ['blue', 'green']) {
        await namespace.create('apps/v1/deployments', deploymentOf('web', slot, 2));
      }
      for (const slot of ['blue', 'green']) await untilAvailable(namespace, `web-${slot}`);
    }, 60_000);
    afterAll(async () => {
      for (const cluster of clusters) cluster.close();
      await namespace?.close();
    });

    const open = (service: string): ServiceTraffic => {
      const cluster = kubernetesCluster({ kubeConfig: namespace.kubeConfig });
      clusters.push(cluster);
      return serviceTraffic({
        cluster,
        namespace: namespace.name,
        service,
        preview: `${service}-preview`,
        settle: '0s',
        writeTimeout: '2s',
      });
    };
    const start = async (adopt: Slot | null = 'blue'): Promise<[ServiceTraffic, string]> => {
      count += 1;
      const name = `web-${count}`;
      for (const each of [name, `${name}-preview`]) await namespace.create('services', serviceOf(each, { app: 'web' }));
      const traffic = open(name);
      await traffic.setup(adopt === null ? {} : { adopt });
      return [traffic, name];
    };
    const observed = (traffic: ServiceTraffic) => traffic.observe({ signal: signal() });
    const go = async (traffic: ServiceTraffic, target: TrafficTarget, epoch: number, sequence: number) => {
      const { revision } = await observed(traffic);
      await traffic.route(target, { revision }, call(epoch, sequence));
    };
    const untilProven = (traffic: ServiceTraffic) =>
      namespace.until('the endpoints follow', async () => {
        const { proof } = await traffic.observe({ signal: signal(), mayLag: true });
        return proof === 'proven';
      });

    test('reads back what it wrote, and is proven only when the EndpointSlices reach the slot alone (S10)', async () => {
      const [traffic, name] = await start();
      await go(traffic, to('green', 'blue'), 1, 1);
      const first = await observed(traffic);
      expect(first.routing).toEqual({ kind: 'split', target: to('green', 'blue') });
      expect(first.fence).toEqual({ epoch: 1, sequence: 1 });
      await untilProven(traffic);
      const slices = await namespace.list<EndpointSlice>(
        'discovery.k8s.io/v1/endpointslices',
        `kubernetes.io/service-name=${name}`,
      );
      const pods = slices.flatMap(({ endpoints }) => endpoints ?? []).map(({ targetRef }) => targetRef!.name!);
      expect(pods).toHaveLength(2);
      expect(pods.every((pod) => pod.startsWith('web-green'))).toBe(true);
    });

    test('one read shows a preview whole that is not reached yet when it begins', async () => {
      const [, name] = await start();
      const standing = systemClock();
      const at = standing.now();
      // A read waits for the controllers for a while; by this clock that while is never over.
      const cluster = kubernetesCluster({ kubeConfig: namespace.kubeConfig, clock: { ...standing, now: () => at } });
      clusters.push(cluster);
      const common = { cluster, namespace: namespace.name, settle: '0s' };
      const traffic = serviceTraffic({ ...common, service: name, preview: `${name}-preview` });
      for (const [index, slot] of (['green', null, 'green', null, 'green'] as const).entries()) {
        const { revision } = await traffic.observe({ signal: signal(), mayLag: true });
        await traffic.route(to('blue', slot), { revision }, call(1, index + 1));
        const { proof, health } = await traffic.observe({ signal: signal(), mayLag: true });
        expect(proof).toBe('proven');
        if (slot !== null) expect(health!.green).toEqual({ healthy: 2, total: 2 });
      }
    });

    test('is unrouted before the first release, and selects nobody', async () => {
      const [traffic, name] = await start(null);
      expect((await observed(traffic)).routing).toEqual({ kind: 'unrouted' });
      const { spec } = await namespace.get<ServiceObject>('services', name);
      expect(spec.selector).toEqual({ app: 'web', [slotLabel]: 'none' });
      await go(traffic, to('blue'), 1, 1);
      expect((await observed(traffic)).routing).toEqual({ kind: 'split', target: to('blue') });
    });

    test('a Service without our mark, or without its slot, is foreign and not written (S32)', async () => {
      const [traffic, name] = await start();
      await namespace.patch('services', name, { spec: { selector: { [slotLabel]: null } } });
      const { routing, revision } = await observed(traffic);
      expect(routing).toMatchObject({ kind: 'foreign', summary: expect.stringContaining('kubernetes/not-adopted') });
      await expect(traffic.route(to('green'), { revision }, call(1, 1))).rejects.toMatchObject({
        code: 'kubernetes/not-adopted',
      });
      const bare = open('nowhere');
      expect((await observed(bare)).routing).toMatchObject({
        summary: expect.stringContaining('kubernetes/not-found'),
      });
      await expect(bare.setup({ adopt: 'blue' })).rejects.toMatchObject({ code: 'kubernetes/not-found' });
    });

    test('a newer owner fences off an older one, on both Services (S36)', async () => {
      const [old, name] = await start();
      await go(old, to('blue', 'green'), 7, 1);
      const { revision } = await observed(old);
      const newer = open(name);
      await newer.route(to('blue', 'green'), { revision }, call(8, 1));
      await expect(old.route(to('green'), { revision }, call(7, 2))).rejects.toMatchObject({ reaction: 'fenced' });
      const stamped = await namespace.get<ServiceObject>('services', `${name}-preview`);
      expect(stamped.metadata.annotations).toMatchObject({ 'bluegreen.dev/stamp': '8.1' });
    });

    test('the same write again changes nothing, another one under its stamp is refused (S40)', async () => {
      const [traffic] = await start();
      const { revision } = await observed(traffic);
      await traffic.route(to('green', 'blue'), { revision }, call(1, 5, 'key'));
      const before = await observed(traffic);
      await traffic.route(to('green', 'blue'), { revision }, call(1, 5, 'key'));
      expect((await observed(traffic)).revision).toBe(before.revision);
      await expect(traffic.route(to('blue'), { revision: before.revision }, call(1, 5, 'other'))).rejects.toMatchObject(
        { code: 'kubernetes/changed', reaction: 'recompute' },
      );
    });

    test('an edit between read and write is never overwritten, seen or not yet seen (S33)', async () => {
      const [traffic, name] = await start();
      await go(traffic, to('blue'), 1, 1);
      const { revision } = await observed(traffic);
      await namespace.patch('services', name, { spec: { selector: { [slotLabel]: 'green' } } });
      await expect(traffic.route(to('blue'), { revision }, call(1, 2))).rejects.toMatchObject({
        reaction: 'recompute',
      });
      const drifted = await observed(traffic);
      expect(drifted.revision).not.toBe(revision);
      expect(drifted.routing).toEqual({ kind: 'split', target: to('green') });
      // A person said so: what was just read may be replaced, though kubectl holds it now.
      await traffic.route(to('blue'), { revision: drifted.revision }, call(1, 3));
      expect((await observed(traffic)).routing).toEqual({ kind: 'split', target: to('blue') });
    });

    test('a field that a GitOps controller holds is never taken; the error names it (F10)', async () => {
      const [traffic, name] = await start();
      await namespace.patch(
        'services',
        name,
        { apiVersion: 'v1', kind: 'Service', spec: { selector: { app: 'web', [slotLabel]: 'green' } } },
        { manager: 'gitops', apply: true, force: true },
      );
      const whoseItIs = { detail: expect.stringContaining('gitops owns .spec.selector') };
      const first = await observed(traffic);
      // The preview Service has taken our stamp by then: what is there is to be read again before anything is concluded.
      await expect(traffic.route(to('blue'), { revision: first.revision }, call(1, 1))).rejects.toMatchObject({
        code: 'kubernetes/partly-written',
        reaction: 'read-back',
        ...whoseItIs,
      });
      const again = await observed(traffic);
      expect(again.routing).toEqual(first.routing);
      await expect(traffic.route(to('blue'), { revision: again.revision }, call(1, 2))).rejects.toMatchObject({
        code: 'kubernetes/field-owned',
        reaction: 'permanent',
        ...whoseItIs,
      });
    });

    test('our hold on the selector stops a controller that applies its old value', async () => {
      const [traffic, name] = await start();
      await go(traffic, to('green'), 1, 1);
      await expect(
        namespace.patch(
          'services',
          name,
          { apiVersion: 'v1', kind: 'Service', spec: { selector: { app: 'web', [slotLabel]: 'blue' } } },
          { manager: 'gitops', apply: true },
        ),
      ).rejects.toMatchObject({ detail: expect.stringContaining('bluegreen owns .spec.selector') });
    });

    test('everything not ours stays as it is (S34)', async () => {
      const [traffic, name] = await start();
      await namespace.patch('services', name, {
        metadata: { labels: { team: 'shop' }, annotations: { note: 'mine' } },
        spec: { sessionAffinity: 'ClientIP' },
      });
      const before = await namespace.get<ServiceObject>('services', name);
      await go(traffic, to('green'), 1, 1);
      const after = await namespace.get<ServiceObject>('services', name);
      expect(after.metadata.labels).toEqual({ team: 'shop' });
      expect(after.metadata.annotations).toMatchObject({ note: 'mine' });
      expect({ ...after.spec, selector: null }).toEqual({ ...before.spec, selector: null });
    });

    test('a slot without ready pods gets no users while the other has some (S7)', async () => {
      await namespace.create('apps/v1/deployments', deploymentOf('lone', 'blue', 1));
      await untilAvailable(namespace, 'lone-blue');
      await namespace.create('services', serviceOf('lone', { app: 'lone' }));
      await namespace.create('services', serviceOf('lone-preview', { app: 'lone' }));
      const traffic = open('lone');
      await traffic.setup({ adopt: 'blue' });
      const { revision } = await observed(traffic);
      await expect(traffic.route(to('green'), { revision }, call(1, 1))).rejects.toMatchObject({
        code: 'kubernetes/slot-empty',
      });
      expect((await observed(traffic)).revision).toBe(revision);
    });

    test('a watch is asked instead of the server, and shows every own write at once', async () => {
      const [traffic] = await start();
      for (let sequence = 1; sequence <= 20; sequence += 1) {
        const target = to(sequence % 2 === 0 ? 'blue' : 'green');
        const { revision } = await traffic.observe({ signal: signal(), mayLag: true });
        await traffic.route(target, { revision }, call(2, sequence));
        const { routing, fence } = await traffic.observe({ signal: signal(), mayLag: true });
        expect(routing).toEqual({ kind: 'split', target });
        expect(fence).toEqual({ epoch: 2, sequence });
      }
    });

    test('preflight finds what a release would stumble over', async () => {
      const [traffic, name] = await start();
      const needs = { audiences: [], cohort: 'per-request', preview: true, mirror: false, percents: [100] } as const;
      expect(await traffic.preflight!(needs, { signal: signal() })).toEqual([]);
      const more = { ...needs, percents: [10, 100], cohort: 'sticky', mirror: true } as const;
      const codes = (await traffic.preflight!(more, { signal: signal() })).map(({ code }) => code);
      expect(codes).toEqual([
        'kubernetes/weight-unsupported',
        'kubernetes/cohort-unsupported',
        'kubernetes/mirror-unsupported',
      ]);
      await namespace.patch(
        'services',
        name,
        { apiVersion: 'v1', kind: 'Service', spec: { selector: { app: 'web', [slotLabel]: 'blue' } } },
        { manager: 'gitops', apply: true },
      );
      expect(await traffic.preflight!(needs, { signal: signal() })).toMatchObject([
        { code: 'kubernetes/field-owned', message: expect.stringContaining('gitops') },
      ]);
    });

    test('weights other than 0 and 100 are refused before anything is sent', async () => {
      const [traffic] = await start();
      const { revision } = await observed(traffic);
      const half = { ...to('blue'), weights: weights(50) };
      await expect(traffic.route(half, { revision }, call(1, 1))).rejects.toMatchObject({
        code: 'kubernetes/weight-unsupported',
      });
    });
  },
);
