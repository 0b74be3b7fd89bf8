import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createReleaser, fileJournal, type Logger, type Notice } from '@bluegreen/core';
import { routes } from './routes.js';
import { servicesOn } from './services.js';
import { webRequest } from './web-request.js';

export interface ServeOptions {
  readonly PLATFORM: string;
  /** A directory. Several servers on one host may share it: each drives what nobody else does. */
  readonly JOURNAL: string;
  readonly PORT: string;
  /** Who is told what happened. */
  readonly CHAT?: string;
  /** The change board that webhook gates ask, and the secret that signs questions and answers. */
  readonly BOARD?: string;
  readonly BOARD_SECRET?: string;
  readonly LEASE_MS?: string;
}

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

export async function serve({ CHAT, BOARD, BOARD_SECRET, LEASE_MS, ...options }: ServeOptions): Promise<Served> {
  const releaser = createReleaser({
    services: servicesOn(options.PLATFORM),
    journal: fileJournal(options.JOURNAL),
    logger,
    secrets: () => BOARD_SECRET ?? '',
    ...(BOARD === undefined ? {} : { webhooks: { 'change-board': { url: BOARD, secret: 'change-board' } } }),
    ...(CHAT === undefined ? {} : { notify: { chat: { send: (notice, call) => tell(CHAT, notice, call) } } }),
    ...(LEASE_MS === undefined ? {} : { leaseTtlMs: Number(LEASE_MS) }),
  });
  const handle = routes(releaser);
  const server = createServer(async (incoming, outgoing) => {
    try {
      const { status, headers, body } = await handle(webRequest(incoming));
      outgoing.writeHead(status, Object.fromEntries(headers));
      if (body === null) outgoing.end();
      else await pipeline(Readable.fromWeb(body as ReadableStream), outgoing);
    } catch (error) {
      logger.error({ error }, 'a request failed');
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500).end();
    }
  });
  server.listen(Number(options.PORT), '127.0.0.1');
  await once(server, 'listening');
  await releaser.recover({ follow: true });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      await releaser.close();
      server.closeAllConnections();
    },
  };
}

async function tell(url: string, notice: Notice, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(notice), signal });
  if (!answer.ok) throw new Error(`the chat answered ${answer.status}`);
}

const quiet = (): void => {};
const logger: Logger = { debug: quiet, info: quiet, warn: console.error, error: console.error };
