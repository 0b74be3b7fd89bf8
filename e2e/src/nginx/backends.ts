import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Slot } from '@bluegreen/contract';

/** One real HTTP service per slot. Every answer names its slot in `x-slot` and its version in `x-version`. */
export interface Backends {
  /** For `nginxTraffic({ upstreams })`. */
  readonly upstreams: Readonly<Record<Slot, readonly string[]>>;
  readonly urls: Readonly<Record<Slot, string>>;
  /** How many copies of requests a slot got so far, whose answers nobody sees. */
  readonly copies: Readonly<Record<Slot, number>>;
  /** Runs another version in the slot from now on; a stopped slot is started, on the port it had. */
  deploy(slot: Slot, version: string, answer?: Answer): Promise<void>;
  /** Ends a slot as a teardown does: whatever is still asked of it is refused. */
  retire(slot: Slot): Promise<void>;
  close(): Promise<void>;
}

/** What a version does with a request; without one it answers 200 at once. */
export type Answer = (response: ServerResponse) => void;

/** Starts both slots on ports that the kernel chose. */
export async function startBackends(versions: Readonly<Record<Slot, string>>): Promise<Backends> {
  const copies: Record<Slot, number> = { blue: 0, green: 0 };
  const start = (slot: Slot) => startService(slot, versions[slot], () => copies[slot]++);
  const slots = { blue: await start('blue'), green: await start('green') };
  const address = (slot: Slot) => `127.0.0.1:${slots[slot].port}`;
  return {
    upstreams: { blue: [address('blue')], green: [address('green')] },
    copies,
    urls: { blue: `http://${address('blue')}`, green: `http://${address('green')}` },
    deploy: (slot, version, answer) => slots[slot].deploy(version, answer),
    retire: (slot) => slots[slot].stop(),
    async close() {
      await slots.blue.stop();
      await slots.green.stop();
    },
  };
}

async function startService(slot: Slot, firstVersion: string, onCopy: () => void) {
  let version = firstVersion;
  let answer: Answer = (response) => response.end(`${slot}\n`);
  let server: Server | null = null;
  const listen = (port: number) =>
    new Promise<Server>((resolve, reject) => {
      // nginx keeps its connections idle for up to 60 s: the service must not be the one that closes first.
      const started = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
        request.resume();
        if (request.headers['x-bluegreen-mirror'] !== undefined) onCopy();
        response.setHeader('x-slot', slot);
        response.setHeader('x-version', version);
        answer(response);
      });
      started.once('error', reject);
      started.listen(port, '127.0.0.1', () => resolve(started));
    });
  server = await listen(0);
  const { port } = server.address() as { port: number };
  return {
    port,
    async deploy(next: string, how?: Answer) {
      version = next;
      if (how !== undefined) answer = how;
      server ??= await listen(port);
    },
    async stop() {
      const running = server;
      server = null;
      if (running === null) return;
      running.closeAllConnections();
      await new Promise((resolve) => running.close(resolve));
    },
  };
}
