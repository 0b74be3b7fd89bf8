import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { everythingTo, printRouting, type Slot, slots } from '@bluegreen/contract';
import { type Listener, startListener } from './listener.js';
import { type StoredSlot, slotPath } from './slot-document.js';

/** One write as it came, whether it was taken or not. */
export interface LoggedWrite {
  readonly path: string;
  readonly body: string;
  readonly key: string | null;
  readonly fence: string | null;
  readonly isTaken: boolean;
}

/** A place to deploy to, as a process of its own would be: slots and routing are documents behind HTTP. */
export interface Platform {
  readonly url: string;
  /** Where the slots of the service named in `listening` answer. */
  readonly urls: Readonly<Record<Slot, string>>;
  /** Every write, oldest first. */
  readonly log: readonly LoggedWrite[];
  read(path: string): string | null;
  close(): Promise<void>;
}

export interface PlatformOptions {
  readonly services: readonly string[];
  /** The version that every service begins with, in blue. */
  readonly version: string;
  /** The service whose slots are real servers. Those of the others are documents alone. */
  readonly listening?: string;
}

interface Kept {
  readonly text: string;
  readonly version: number;
}

/** Serves `GET` and `PUT` of documents with ETags; a `PUT` may name the ETag that it expects. */
export async function startPlatform({ services, version, listening }: PlatformOptions): Promise<Platform> {
  const documents = new Map<string, Kept>();
  const log: LoggedWrite[] = [];
  const listeners = new Map<string, Listener>();
  const put = (path: string, text: string): void => {
    documents.set(path, { text, version: (documents.get(path)?.version ?? 0) + 1 });
  };
  const isExpected = ({ headers }: IncomingMessage, kept: Kept | undefined): boolean =>
    headers['if-match'] === undefined || headers['if-match'] === `"${kept?.version}"`;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const path = request.url ?? '';
    const kept = documents.get(path);
    if (request.method === 'GET') {
      response.writeHead(kept === undefined ? 404 : 200, { etag: `"${kept?.version}"` }).end(kept?.text);
      return;
    }
    const isTaken = isExpected(request, kept);
    const key = headerOf(request, 'idempotency-key');
    log.push({ path, body, key, fence: headerOf(request, 'fence'), isTaken });
    if (isTaken) {
      put(path, body);
      await listeners.get(path)?.run((JSON.parse(body) as StoredSlot).version);
    }
    response.writeHead(isTaken ? 204 : 412).end();
  };
  for (const service of services) {
    put(
      `/routing/${service}`,
      printRouting({ target: everythingTo('blue', { cohort: { kind: 'sticky' } }), fence: null }),
    );
    put(slotPath(service, 'blue'), JSON.stringify({ version, releaseId: null, stamp: null }));
    put(slotPath(service, 'green'), JSON.stringify({ version: null, releaseId: null, stamp: null }));
  }
  const urls = { blue: '', green: '' };
  for (const slot of listening === undefined ? [] : slots) {
    const listener = await startListener(slot === 'blue' ? version : null);
    listeners.set(slotPath(listening!, slot), listener);
    urls[slot] = listener.url;
  }
  const server = createServer((request, response) => {
    take(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    urls,
    log,
    read: (path) => documents.get(path)?.text ?? null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      for (const listener of listeners.values()) await listener.run(null);
    },
  };
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}
