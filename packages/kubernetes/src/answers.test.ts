import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { isBluegreenError } from '@bluegreen/contract';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, describe, expect, test } from 'vitest';
import { Api } from './api.js';
import { openTransport } from './transport.js';

type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void;

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

/** A server that answers as it is told, over a real socket. */
async function serve(handler: Handler): Promise<{ api: Api; server: Server; requests: () => number }> {
  let number = 0;
  const server = createServer((request, response) => {
    number += 1;
    request.resume().on('end', () => handler(request, response, number));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'here', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'me', token: 'canary-token' },
  );
  const api = new Api(openTransport(kubeConfig));
  opened.push({
    close: () => {
      api.close();
      server.closeAllConnections();
      server.close();
    },
  });
  return { api, server, requests: () => number };
}

const path = '/api/v1/namespaces/shop/services/web';
const read = (api: Api, signal = AbortSignal.timeout(10_000)) => api.request({ method: 'GET', path, signal });
const write = (api: Api, signal = AbortSignal.timeout(10_000)) =>
  api.request({ method: 'PATCH', path, body: '{}', contentType: 'application/apply-patch+yaml', signal });

interface Answer {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: object;
  readonly retryAfter?: string;
}

const say =
  ({ status, retryAfter, ...rest }: Answer): Handler =>
  (_, response) => {
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code: status, ...rest }));
  };

const causes = (reason: string, message: string, field: string) => ({
  details: { causes: [{ reason, message, field }] },
});

/** The table of error shapes: what came, and what it means after a read and after a write. */
const rows: readonly [string, Answer, read: string | null, write: string | null][] = [
  [
    '409 Conflict',
    { status: 409, reason: 'Conflict', message: 'the object has been modified' },
    null,
    'conflict recompute',
  ],
  [
    '409 of server-side apply',
    {
      status: 409,
      reason: 'Conflict',
      ...causes('FieldManagerConflict', 'conflict with "gitops" using v1', '.spec.selector'),
    },
    null,
    'field-owned permanent',
  ],
  ['409 AlreadyExists', { status: 409, reason: 'AlreadyExists' }, null, 'outcome-unknown read-back'],
  [
    '422 with causes',
    { status: 422, reason: 'Invalid', ...causes('FieldValueInvalid', 'field is immutable', 'spec.selector') },
    null,
    'refused permanent',
  ],
  ['422 without causes', { status: 422, reason: 'Invalid' }, null, 'conflict recompute'],
  ['415', { status: 415, reason: 'UnsupportedMediaType' }, null, 'refused permanent'],
  ['400', { status: 400, reason: 'BadRequest' }, 'refused permanent', 'refused permanent'],
  ['405', { status: 405, reason: 'MethodNotAllowed' }, 'refused permanent', 'refused permanent'],
  ['413', { status: 413, reason: 'RequestEntityTooLarge' }, null, 'refused permanent'],
  ['404', { status: 404, reason: 'NotFound' }, 'not-found permanent', 'not-found permanent'],
  [
    '429',
    { status: 429, reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } },
    'throttled retry',
    'throttled retry',
  ],
  ['410 Expired', { status: 410, reason: 'Expired' }, 'expired recompute', null],
  ['410 Gone', { status: 410, reason: 'Gone' }, 'expired recompute', null],
  [
    '500 InternalError',
    { status: 500, reason: 'InternalError', message: 'etcdserver: request timed out' },
    'read-failed retry',
    'outcome-unknown read-back',
  ],
  [
    '500 of a webhook',
    { status: 500, reason: 'InternalError', message: 'failed calling webhook' },
    null,
    'outcome-unknown read-back',
  ],
  [
    '500 ServerTimeout',
    { status: 500, reason: 'ServerTimeout', details: { retryAfterSeconds: 2 } },
    'read-failed retry',
    'outcome-unknown read-back',
  ],
  ['504 Timeout', { status: 504, reason: 'Timeout' }, 'read-failed retry', 'outcome-unknown read-back'],
  ['503', { status: 503, reason: 'ServiceUnavailable' }, 'read-failed retry', 'outcome-unknown read-back'],
  ['403', { status: 403, reason: 'Forbidden' }, 'forbidden permanent', 'forbidden permanent'],
  ['401, twice', { status: 401, reason: 'Unauthorized' }, 'unauthorized permanent', 'unauthorized permanent'],
];

const meaningOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (reason) => reason,
  );
  if (!isBluegreenError(error)) return `no error of ours: ${error}`;
  return `${error.code.replace('kubernetes/', '')} ${error.reaction}`;
};

describe('every answer of an API server has its reaction', () => {
  test.each(rows)('%s', async (_, answer, afterRead, afterWrite) => {
    const { api } = await serve(say(answer));
    if (afterRead !== null) expect(await meaningOf(read(api))).toBe(afterRead);
    if (afterWrite !== null) expect(await meaningOf(write(api))).toBe(afterWrite);
  });

  test('a conflict of ownership names the manager and the field', async () => {
    const { api } = await serve(say(rows[1]![1]));
    await expect(write(api)).rejects.toMatchObject({ detail: expect.stringContaining('gitops owns .spec.selector') });
  });

  test.each([
    ['body', { details: { retryAfterSeconds: 3 } }],
    ['header', { retryAfter: '3' }],
  ])('the patience that the server asks for is handed on, from the %s', async (_, more) => {
    const { api } = await serve(say({ status: 429, reason: 'TooManyRequests', ...more }));
    await expect(write(api)).rejects.toMatchObject({ retryAfterMs: 3_000 });
  });

  test('a connection that is cut after sending: a read may be repeated, a write is unknown (F1)', async () => {
    const { api, requests } = await serve((request) => request.socket.destroy());
    expect(await meaningOf(read(api))).toBe('read-failed retry');
    expect(await meaningOf(write(api))).toBe('outcome-unknown read-back');
    expect(requests()).toBe(2);
  });

  test('an answer that is cut off in its middle is none', async () => {
    const { api } = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"kind":');
      setImmediate(() => request.socket.destroy());
    });
    expect(await meaningOf(read(api))).toBe('read-failed retry');
    expect(await meaningOf(write(api))).toBe('outcome-unknown read-back');
  });

  test('an answer that is no JSON is not taken for success', async () => {
    const { api } = await serve((_, response) => response.end('<html>log in</html>'));
    expect(await meaningOf(read(api))).toBe('answer-unreadable retry');
    expect(await meaningOf(write(api))).toBe('outcome-unknown read-back');
  });

  test('nobody listens: nothing was sent (F3)', async () => {
    const { api, server } = await serve(() => undefined);
    await new Promise((resolve) => server.close(resolve));
    expect(await meaningOf(read(api))).toBe('unreachable retry');
    expect(await meaningOf(write(api))).toBe('unreachable retry');
  });

  test('a caller that stops waiting ends the call: before sending nothing happened, afterwards it is unknown (F15)', async () => {
    const { api, requests } = await serve(() => undefined);
    expect(await meaningOf(write(api, AbortSignal.abort()))).toBe('aborted retry');
    expect(requests()).toBe(0);
    expect(await meaningOf(write(api, AbortSignal.timeout(50)))).toBe('outcome-unknown read-back');
    expect(await meaningOf(read(api, AbortSignal.timeout(50)))).toBe('read-failed retry');
  });

  test('401 is answered once with credentials that are read again, and nothing is sent twice otherwise', async () => {
    const renewed = await serve((_, response, number) => {
      if (number === 1) say({ status: 401, reason: 'Unauthorized' })(_, response, number);
      else response.end('{"ok":true}');
    });
    expect(await write(renewed.api)).toEqual({ ok: true });
    expect(renewed.requests()).toBe(2);
    const refused = await serve(say({ status: 500, reason: 'InternalError' }));
    await meaningOf(write(refused.api));
    expect(refused.requests()).toBe(1);
  });

  test('no error holds the token (S47)', async () => {
    for (const answer of [
      say({ status: 403, reason: 'Forbidden' }),
      (request: IncomingMessage) => request.socket.destroy(),
    ]) {
      const { api } = await serve(answer as Handler);
      const error = (await write(api).catch((reason) => reason)) as Error;
      expect(`${error.stack} ${JSON.stringify(error)} ${inspect(error)}`).not.toContain('canary');
    }
  });
});
