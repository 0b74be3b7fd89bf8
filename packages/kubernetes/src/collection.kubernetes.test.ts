import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiProxy, startApiProxy } from './api-proxy.fixture.js';
import { type KubernetesCluster, kubernetesCluster } from './cluster.js';
import { hasControlPlane, openNamespace, serviceOf, type TestNamespace } from './control-plane.fixture.js';
import type { ServiceObject } from './objects.js';

describe.runIf(hasControlPlane('that a watch is followed through everything that can happen to it'))(
  'a watch',
  { timeout: 60_000 },
  () => {
    let namespace: TestNamespace;
    let proxy: ApiProxy;
    let cluster: KubernetesCluster;
    let count = 0;
    const signal = () => AbortSignal.timeout(20_000);

    beforeAll(async () => {
      namespace = await openNamespace();
    }, 60_000);
    afterAll(() => namespace?.close());

    /** A service, and a reader of it through a proxy of its own. */
    const open = async (
      work: (read: (fresh?: boolean) => Promise<ServiceObject | null>, name: string) => Promise<void>,
    ) => {
      count += 1;
      const name = `web-${count}`;
      await namespace.create('services', serviceOf(name, { app: 'web' }));
      proxy = await startApiProxy(namespace.kubeConfig);
      cluster = kubernetesCluster({ kubeConfig: proxy.kubeConfig, watchSilence: '1s' });
      const services = cluster.objects<ServiceObject>('services', namespace.name);
      try {
        await work((fresh = false) => services.item(name, { signal: signal(), fresh }), name);
      } finally {
        cluster.close();
        await proxy.close();
      }
    };
    const label = async (name: string, value: string) => {
      await namespace.patch('services', name, { metadata: { labels: { value } } });
    };
    const untilSeen = (read: () => Promise<ServiceObject | null>, value: string) =>
      namespace.until(`${value} is seen`, async () => (await read())?.metadata.labels?.value === value);

    test('many reads are one list and one watch, and a change is seen', async () => {
      await open(async (read, name) => {
        for (let index = 0; index < 50; index += 1) expect((await read())?.metadata.name).toBe(name);
        expect(proxy.counts.requests).toBeLessThanOrEqual(2);
        await label(name, 'one');
        await untilSeen(read, 'one');
        expect(proxy.counts.requests).toBe(2);
        await namespace.remove('services', name);
        await namespace.until('it is gone', async () => (await read()) === null);
      });
    });

    test('410 in the stream, and 410 as the answer, are followed by a new list (F11)', async () => {
      await open(async (read, name) => {
        let watches = 0;
        proxy.fault = ({ isWatch }) => {
          if (!isWatch) return null;
          watches += 1;
          if (watches === 1) return 'gone-in-stream';
          return watches === 2 ? { status: 410, reason: 'Expired' } : null;
        };
        await read();
        await namespace.until('it watches again', async () => watches >= 3);
        await label(name, 'two');
        await untilSeen(read, 'two');
      });
    });

    test('a dead peer is found: what is read meanwhile comes from the server, and it watches again', async () => {
      await open(async (read, name) => {
        let isDead = true;
        proxy.fault = ({ isWatch }) => (isWatch && isDead ? 'dead-stream' : null);
        await read();
        await namespace.until('it watches', async () => proxy.counts.watches === 1);
        await label(name, 'three');
        expect((await read(true))?.metadata.labels?.value).toBe('three');
        isDead = false;
        await untilSeen(read, 'three');
        await namespace.until('it watches again', async () => proxy.counts.watches === 2);
      });
    });

    test('a cut stream is begun anew, with a pause that grows', async () => {
      await open(async (read, name) => {
        await read();
        await namespace.until('it watches', async () => proxy.counts.watches === 1);
        proxy.cutAll();
        await label(name, 'four');
        await untilSeen(read, 'four');
        await namespace.until('it watches again', async () => proxy.counts.watches >= 2);
        proxy.fault = ({ isWatch }) => (isWatch ? 'cut-before' : null);
        proxy.cutAll();
        // It goes on trying, and reads go to the server meanwhile.
        await label(name, 'five');
        await untilSeen(read, 'five');
        const before = proxy.counts.watches;
        await namespace.until('it tries again', async () => proxy.counts.watches > before + 1);
        proxy.fault = () => null;
        await label(name, 'six');
        await untilSeen(read, 'six');
      });
    });

    test('a list that fails is an error of the read, not an empty list (F17)', async () => {
      await open(async (read) => {
        proxy.fault = () => ({ status: 503, reason: 'ServiceUnavailable' });
        await expect(read()).rejects.toMatchObject({ code: 'kubernetes/read-failed', reaction: 'retry' });
        proxy.fault = () => null;
        expect(await read()).not.toBeNull();
      });
    });
  },
);
