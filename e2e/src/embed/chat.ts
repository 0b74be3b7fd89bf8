import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Notice } from '@bluegreen/core';

/** A sink of notices outside every releaser, that notes what it hears of each release. */
export interface Chat {
  readonly url: string;
  readonly heard: number;
  /** Notices about something earlier than what was heard already. The last one may come again: it is told at least once. */
  readonly outOfOrder: number;
  close(): Promise<void>;
}

export async function startChat(): Promise<Chat> {
  const last = new Map<string, number>();
  let heard = 0;
  let outOfOrder = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { releaseId, seq } = JSON.parse(body) as Notice;
    const before = last.get(releaseId) ?? 0;
    heard++;
    if (seq < before) {
      outOfOrder++;
      console.error(`chat: ${releaseId}/${seq} came after ${before}`);
    }
    last.set(releaseId, Math.max(before, seq));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get heard() {
      return heard;
    },
    get outOfOrder() {
      return outOfOrder;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
