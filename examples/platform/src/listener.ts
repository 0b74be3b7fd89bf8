import { createServer, type Server } from 'node:http';

/** A slot with an address of its own. */
export interface Listener {
  readonly url: string;
  /** Answers as this version from now on; `null`: refuses every connection. */
  run(version: string | null): Promise<void>;
}

/** The kernel chooses the port; the slot keeps it while it is empty. */
export async function startListener(first: string | null): Promise<Listener> {
  let version = first;
  const listen = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const started = createServer((_, response) => response.end(JSON.stringify({ version })));
      started.once('error', reject).listen(port, '127.0.0.1', () => resolve(started));
    });
  let server: Server | null = await listen(0);
  const { port } = server.address() as { port: number };
  const run: Listener['run'] = async (next) => {
    version = next;
    if (next !== null) {
      server ??= await listen(port);
      return;
    }
    const running = server;
    server = null;
    running?.closeAllConnections();
    if (running !== null) await new Promise((resolve) => running.close(resolve));
  };
  await run(first);
  return { url: `http://127.0.0.1:${port}`, run };
}
