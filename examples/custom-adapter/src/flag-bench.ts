import type { TrafficBench } from '@bluegreen/conformance';
import { everythingTo, weights } from '@bluegreen/contract';
import { flagTraffic } from './flag-traffic.js';
import { SmallRouter } from './small-router.js';
import { SmallServer } from './small-server.js';

const token = 'canary-77c1';

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
