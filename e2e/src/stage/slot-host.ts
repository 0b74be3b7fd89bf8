import { createServer, type Server } from 'node:http';
import type { Slot } from '@bluegreen/contract';

/** A machine with two places for a service: each slot is a real HTTP server that is there only while it is deployed. */
export interface SlotHost {
  readonly urls: Readonly<Record<Slot, string>>;
  /** Where a deploy script, in whatever process, asks for a version or for nothing. */
  readonly controlUrl: string;
  readonly versions: Readonly<Record<Slot, string | null>>;
  close(): Promise<void>;
}

interface Place {
  readonly port: number;
  server: Server | null;
  version: string | null;
}

/** Starts the host with `version` in blue. A version called `unloved…` serves users well, but says no at `/check`. */
export async function startSlotHost(version: string | null, ports: Readonly<Record<Slot, number>>): Promise<SlotHost> {
  const places: Record<Slot, Place> = {
    blue: { port: ports.blue, server: null, version: null },
    green: { port: ports.green, server: null, version: null },
  };
  if (version !== null) await deploy(places.blue, 'blue', version);
  const control = createServer((request, response) => {
    const [, verb, slot, wanted] = decodeURI(request.url ?? '').split('/') as [string, string, Slot, string?];
    const work = verb === 'deploy' ? deploy(places[slot], slot, wanted!) : retire(places[slot]);
    work.then(
      () => response.end('done'),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  const controlPort = await listen(control, 0);
  return {
    urls: { blue: `http://127.0.0.1:${ports.blue}`, green: `http://127.0.0.1:${ports.green}` },
    controlUrl: `http://127.0.0.1:${controlPort}`,
    get versions() {
      return { blue: places.blue.version, green: places.green.version };
    },
    async close() {
      await Promise.all([retire(places.blue), retire(places.green)]);
      control.closeAllConnections();
      await new Promise((resolve) => control.close(resolve));
    },
  };
}

async function deploy(place: Place, slot: Slot, version: string): Promise<void> {
  place.version = version;
  if (place.server !== null) return;
  // nginx keeps idle connections for a minute; a backend that closes first could close one that is just being used.
  const server = createServer({ keepAliveTimeout: 300_000 }, (request, response) => {
    const { version: running } = place;
    response.setHeader('x-slot', slot);
    response.setHeader('x-version', running ?? 'none');
    if (request.url === '/healthz') return response.end(JSON.stringify({ version: running }));
    response.statusCode = request.url === '/check' && running?.startsWith('unloved') === true ? 500 : 200;
    response.end(`${slot} ${running}\n`);
  });
  place.server = server;
  await listen(server, place.port);
}

async function retire(place: Place): Promise<void> {
  const { server } = place;
  place.version = null;
  place.server = null;
  if (server === null) return;
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
