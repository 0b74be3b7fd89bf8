import { createServer } from 'node:http';
import type { Slot } from '@bluegreen/contract';
import type { Backends } from '../nginx/backends.js';

/** Where a deploy script, in whatever process, asks for a version in a slot or for an empty one. */
export interface Control {
  readonly url: string;
  /** What was asked for last, per slot. */
  readonly versions: Readonly<Record<Slot, string | null>>;
  close(): Promise<void>;
}

/** Serves `/deploy/<slot>/<version>` and `/retire/<slot>`. `versions` is what runs when it begins. */
export async function startControl(backends: Backends, versions: Record<Slot, string | null>): Promise<Control> {
  const work = async (verb: string, slot: Slot, version: string | undefined): Promise<void> => {
    versions[slot] = verb === 'deploy' ? version! : null;
    await (verb === 'deploy' ? backends.deploy(slot, version!) : backends.retire(slot));
  };
  const server = createServer((request, response) => {
    const [, verb, slot, version] = decodeURI(request.url ?? '').split('/') as [string, string, Slot, string?];
    work(verb, slot, version).then(
      () => response.end('done'),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    versions,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
