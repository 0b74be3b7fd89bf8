import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { BluegreenError } from './error.js';
import { httpReply } from './http-reply.js';

let server: Server | null = null;

async function serving(answer: RequestListener): Promise<string> {
  const made = createServer(answer);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/secret-path?token=hunter2`;
}

async function close(): Promise<void> {
  const running = server;
  server = null;
  if (running === null) return;
  running.closeAllConnections();
  await new Promise((resolve) => running.close(resolve));
}

afterEach(close);

function failure(method: string, url: string, signal?: AbortSignal): Promise<BluegreenError> {
  const request = { method, ...(signal === undefined ? {} : { signal }) };
  return httpReply('store', method, () => fetch(url, request)).then(
    () => expect.fail('it should have failed'),
    (error) => error,
  );
}

describe('an answer', () => {
  test('is read to its end, also under a status that the caller expects', async () => {
    const url = await serving((_, response) => response.writeHead(404, { etag: '"7"' }).end('nothing'));
    const reply = await httpReply('store', 'GET', () => fetch(url), [404]);
    expect([reply.status, reply.body, reply.headers.get('etag')]).toEqual([404, 'nothing', '"7"']);
  });

  test.each([
    [401, 'denied', 'permanent', 'permanent'],
    [403, 'denied', 'permanent', 'permanent'],
    [404, 'not-found', 'permanent', 'permanent'],
    [409, 'conflict', 'recompute', 'recompute'],
    [412, 'conflict', 'recompute', 'recompute'],
    [422, 'refused', 'permanent', 'permanent'],
    [429, 'throttled', 'retry', 'retry'],
    [408, 'unavailable', 'retry', 'read-back'],
    [500, 'unavailable', 'retry', 'read-back'],
    [503, 'unavailable', 'retry', 'read-back'],
  ])('%i is %s: %s for a read, %s for a write', async (status, name, ofRead, ofWrite) => {
    const url = await serving((_, response) => response.writeHead(status).end('the token is hunter2'));
    for (const [method, reaction] of [
      ['GET', ofRead],
      ['PUT', ofWrite],
    ] as const) {
      const error = await failure(method, url);
      expect(error).toMatchObject({ code: `store/${name}`, reaction, docs: `docs/errors/http/${name}.md` });
      expect(JSON.stringify([error.message, error.detail, error.stack])).not.toMatch(/hunter2|secret-path/);
    }
  });

  test('keeps how long a provider asks to wait', async () => {
    const url = await serving((_, response) => response.writeHead(429, { 'retry-after': '7' }).end());
    expect((await failure('PUT', url)).retryAfterMs).toBe(7_000);
  });
});

describe('without an answer', () => {
  test('F3: nobody listens, so nothing was sent and a write may be sent again', async () => {
    const url = await serving(() => undefined);
    await close();
    expect(await failure('PUT', url)).toMatchObject({ code: 'store/unreachable', reaction: 'retry' });
  });

  test.each([
    ['before the answer', (request, _) => request.socket.destroy()],
    [
      'in the middle of it',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half');
        setImmediate(() => request.socket.destroy());
      },
    ],
  ] as const satisfies readonly (readonly [string, RequestListener])[])(
    'F1: a connection that ends %s leaves the outcome of a write unknown',
    async (_, answer) => {
      const url = await serving(answer);
      expect(await failure('PUT', url)).toMatchObject({ code: 'store/no-answer', reaction: 'read-back' });
      expect(await failure('GET', url)).toMatchObject({ code: 'store/no-answer', reaction: 'retry' });
    },
  );

  test('F15: an abort ends it, and a write may still land', async () => {
    const controller = new AbortController();
    const url = await serving(() => controller.abort());
    expect(await failure('PUT', url, controller.signal)).toMatchObject({
      code: 'store/aborted',
      reaction: 'read-back',
    });
    expect(await failure('GET', url, AbortSignal.abort())).toMatchObject({ code: 'store/aborted', reaction: 'retry' });
  });

  test('S47: an address with credentials does not get into the error', async () => {
    const error = await failure('GET', 'http://user:hunter2@127.0.0.1:1/');
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain('hunter2');
  });
});
