import type { TrafficBench } from '@bluegreen/conformance';
import { everythingTo, printRouting, readRouting, weights } from '@bluegreen/contract';
import { flagTraffic } from './flag-traffic.js';
import { keyValueTraffic } from './key-value-traffic.js';
import { SmallRouter } from './small-router.js';
import { SmallServer } from './small-server.js';

const token = 'canary-3f9a';

/** A store of its own for each rule. */
export async function keyValueBench(): Promise<TrafficBench> {
  const server = new SmallServer(token);
  await server.listen();
  const path = '/v1/kv/checkout';
  const other = '/v1/kv/another-team';
  server.put(other, 'their value');
  const router = new SmallRouter(server, path, (text) => readRouting(text)?.target ?? null);
  return {
    secrets: [token],
    open: () => keyValueTraffic({ url: server.url, key: 'checkout', token }),
    harness: {
      loseReply: server.loseReply,
      hang: server.hang,
      disconnect: server.disconnect,
      restartRouter: router.restart,
      serve: router.serve,
      serveUser: router.serveUser,
      async editBehind() {
        const { target, fence } = readRouting(server.kept.get(path)!.text)!;
        server.put(path, printRouting({ target: { ...target, weights: weights(37) }, fence }));
      },
      async removeBehind() {
        server.kept.delete(path);
      },
      neighbours: async () => server.kept.get(other)!.text,
      editNeighbour: async () => server.put(other, 'their other value'),
    },
    async close() {
      router.stop();
      await server.close();
    },
  };
}

/** A flag of its own for each rule; somebody else's description stands in the same flag. */
export async function flagBench(): Promise<TrafficBench> {
  const server = new SmallServer(token);
  await server.listen();
  const path = '/flags/checkout-green';
  const change = (flag: object) =>
    server.put(path, JSON.stringify({ ...JSON.parse(server.kept.get(path)!.text), ...flag }));
  server.put(path, JSON.stringify({ percent: null, description: 'their words' }));
  const router = new SmallRouter(server, path, (text) => {
    const { percent } = JSON.parse(text) as { percent: number | null };
    return percent === null ? null : everythingTo('blue', { weights: weights(percent) });
  });
  return {
    secrets: [token],
    open: () => flagTraffic({ url: server.url, flag: 'checkout-green', token }),
    harness: {
      loseReply: server.loseReply,
      hang: server.hang,
      disconnect: server.disconnect,
      restartRouter: router.restart,
      serve: router.serve,
      serveUser: router.serveUser,
      editBehind: async () => change({ percent: 37 }),
      async removeBehind() {
        server.kept.delete(path);
      },
      neighbours: async () => JSON.parse(server.kept.get(path)!.text).description,
      editNeighbour: async () => change({ description: 'their other words' }),
    },
    async close() {
      router.stop();
      await server.close();
    },
  };
}
