import { type Agent, createServer, request, type Server } from 'node:http';
import type { Slot } from '@bluegreen/contract';

export interface Backends {
  readonly servers: Readonly<Record<Slot, readonly string[]>>;
  /** The copies of requests that a slot got, as `GET /path`. */
  readonly copies: Readonly<Record<Slot, readonly string[]>>;
  close(): Promise<void>;
}

/** One HTTP server per slot; each names its slot in the `x-slot` header. */
export async function startBackends(): Promise<Backends> {
  const copies: Record<Slot, string[]> = { blue: [], green: [] };
  const [blue, green] = await Promise.all([startBackend('blue', copies.blue), startBackend('green', copies.green)]);
  const address = (server: Server) => [`127.0.0.1:${(server.address() as { port: number }).port}`];
  return {
    copies,
    servers: { blue: address(blue), green: address(green) },
    async close() {
      for (const server of [blue, green]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function startBackend(slot: Slot, copies: string[]): Promise<Server> {
  // nginx keeps idle connections for 60 s; a backend that closes first could close one that is just being used.
  const server = createServer({ keepAliveTimeout: 120_000 }, ({ method, url, headers }, response) => {
    if (headers['x-bluegreen-mirror'] !== undefined) copies.push(`${method} ${url}`);
    response.setHeader('x-slot', slot);
    response.end(slot);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

export interface Answered {
  readonly status: number;
  /** `null` when no backend answered. */
  readonly slot: Slot | null;
}

/** Who answers on this port, for a request with these headers. */
export function answerFrom(
  port: number,
  headers: Record<string, string> = {},
  agent?: Agent,
  localAddress = '127.0.0.1',
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', headers, localAddress, agent: agent ?? false }, (response) => {
      response.resume();
      response.on('end', () => {
        resolve({ status: response.statusCode!, slot: (response.headers['x-slot'] as Slot | undefined) ?? null });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
