import type { TrafficBench } from '@bluegreen/conformance';
import { printRouting, readRouting, weights } from '@bluegreen/contract';
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
