import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isBluegreenError, type Journal } from '@bluegreen/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { callbackHandler } from './callback-handler.js';
import { memoryJournal } from './journal/memory-journal.js';
import { MemoryService } from './releaser.fixture.js';
import { createReleaser, type Releaser } from './releaser.js';
import type { ReleaserOptions } from './releaser-options.js';
import { sign } from './webhook-signature.js';

const secret = 'whsec_c2VjcmV0IG9mIHRoZSBib2FyZA==';
const key = Buffer.from('secret of the board');
const fast = { retire: { after: 'immediately' }, limits: { poll: '10ms' } } as const;
const asking = (patch: object = {}) => ({
  verify: { gates: [{ webhook: 'board', expires: '1h' as const, ...patch }] },
  shift: [{ to: 100 }] as const,
  ...fast,
});

interface Asked {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A real endpoint that notes what it was asked, and answers what the test says. */
async function endpoint(answer: (asked: Asked, count: number, response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(asked.at(-1)!, asked.length, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(resolve)));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/gate` };
}

function releaserAt(url: string, journal: Journal = memoryJournal(), more: Partial<ReleaserOptions> = {}): Releaser {
  const webhooks = { board: { url, secret: 'board-key' } };
  const releaser = createReleaser({
    services: { web: new MemoryService().service },
    journal,
    webhooks,
    secrets: (name) => (name === 'board-key' ? secret : ''),
    leaseTtlMs: 1_000,
    ...more,
  });
  open.push(() => releaser.close());
  return releaser;
}

const start = (releaser: Releaser, policy: object = asking()) =>
  releaser.start({ id: 'r1', versions: { web: 'v2' }, policy: policy as never, requestedBy: 'ci' });

function callback(body: object, { id = 'answer-1', at = Date.now(), by = key as Uint8Array } = {}): Request {
  const text = JSON.stringify(body);
  const timestamp = Math.floor(at / 1000);
  return new Request('http://localhost/callbacks', {
    method: 'POST',
    body: text,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': sign(by, id, timestamp, text),
    },
  });
}

const answer = { release: 'r1', gate: 'verify/board', attempt: 1, verdict: 'pass', summary: 'fine' };

/** A release that waits for the board to answer later. */
async function asked(journal = memoryJournal()): Promise<{ releaser: Releaser; journal: Journal }> {
  const { url } = await endpoint((_, __, response) => void response.writeHead(202).end());
  const releaser = releaserAt(url, journal);
  const release = await start(releaser);
  const judged = await release.until('gate-judged');
  expect(judged?.evidence.reason).toBe('asked');
  return { releaser, journal };
}

describe('a webhook gate', () => {
  it('asks with a signed question, and goes on by the answer', async () => {
    const { asked, url } = await endpoint((_, __, response) => void response.end('{"verdict":"pass","summary":"ok"}'));
    const release = await start(releaserAt(url));
    expect((await release.done).kind).toBe('promoted');
    const [{ headers, body }] = asked as [Asked];
    expect(JSON.parse(body)).toMatchObject({
      type: 'gate.opened',
      release: 'r1',
      gate: 'verify/board',
      attempt: 1,
      services: { web: { version: 'v2', candidate: 'green', active: 'blue' } },
    });
    expect(headers['webhook-id']).toBe('r1/verify/board/1');
    const signed = sign(key, 'r1/verify/board/1', Number(headers['webhook-timestamp']), body);
    expect(headers['webhook-signature']).toBe(signed);
  });

  it('rolls back when the answer is no', async () => {
    const { url } = await endpoint((_, __, response) => void response.end('{"verdict":"fail","summary":"frozen"}'));
    const outcome = await (await start(releaserAt(url))).done;
    expect(outcome).toMatchObject({ kind: 'rolled-back', cause: { message: 'board: board: frozen' } });
  });

  it('asks again with the same id when it was not heard', async () => {
    const { asked, url } = await endpoint((_, count, response) => {
      if (count === 1) response.destroy();
      else if (count === 2) response.writeHead(503).end();
      else response.end('{"verdict":"pass"}');
    });
    expect((await (await start(releaserAt(url))).done).kind).toBe('promoted');
    expect(asked.map(({ headers }) => headers['webhook-id'])).toEqual(Array(3).fill('r1/verify/board/1'));
  });

  it.each([
    [
      'a redirect',
      (response: ServerResponse) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    ['200 without a verdict', (response: ServerResponse) => void response.end('ok')],
    ['a verdict nobody knows', (response: ServerResponse) => void response.end('{"verdict":"maybe"}')],
  ])('takes %s for no answer, and never for a pass', async (_, reply) => {
    const { url } = await endpoint((__, ___, response) => reply(response));
    const release = await start(releaserAt(url), asking({ attempts: 1 }));
    expect(await release.until('gate-judged')).toMatchObject({ verdict: 'error', evidence: { reason: 'not-asked' } });
    expect((await release.state()).phase).toBe('verifying');
  });

  it('keeps the secret out of the journal and of every error', async () => {
    const { url } = await endpoint((_, __, response) => void response.writeHead(500).end());
    const journal = memoryJournal();
    const secrets = () => {
      throw new Error(`vault refused ${secret}`);
    };
    const release = await start(releaserAt(url, journal, { secrets }), asking({ attempts: 1 }));
    expect(await release.until('gate-judged')).toMatchObject({ verdict: 'error' });
    const text = JSON.stringify(await journal.read('r1'));
    expect(text).toContain('release/secret-missing');
    expect(text).not.toContain('c2VjcmV0');
  });

  it('is refused before anything moves when the releaser has none of this name', async () => {
    const releaser = releaserAt('http://127.0.0.1:1');
    const policy = { ...asking(), verify: { gates: [{ webhook: 'bord', expires: '1h' }] } };
    const error = await start(releaser, policy).catch((thrown: unknown) => thrown);
    expect(isBluegreenError(error) && error.code).toBe('policy/unknown-webhook');
  });
});

describe('the later answer to a webhook gate', () => {
  it('lets the release go on, given in any process that shares the journal, and counts once', async () => {
    const { releaser, journal } = await asked();
    const elsewhere = callbackHandler(releaserAt('http://127.0.0.1:1', journal));
    expect((await elsewhere(callback(answer))).status).toBe(204);
    const release = await releaser.get('r1');
    expect((await release.done).kind).toBe('promoted');
    expect((await elsewhere(callback(answer))).status).toBe(204);
    const other = await elsewhere(callback(answer, { id: 'answer-2' }));
    expect([other.status, await other.json()]).toMatchObject([409, { code: 'release/finished' }]);
    const given = (await journal.read('r1')).filter(({ event }) => event.type === 'webhook-answered');
    expect(given).toHaveLength(1);
  });

  const other = Buffer.from('another secret');
  it.each([
    ['another secret', callback(answer, { by: other }), 401, 'release/callback-unsigned'],
    ['an old signature', callback(answer, { at: Date.now() - 301_000 }), 401, 'release/callback-unsigned'],
    ['an earlier attempt', callback({ ...answer, attempt: 0 }), 409, 'release/gate-not-open'],
    ['another gate', callback({ ...answer, gate: 'verify/bord' }), 404, 'release/gate-unknown'],
    ['another release', callback({ ...answer, release: 'r2' }), 404, 'release/unknown'],
    ['no verdict', callback({ ...answer, verdict: 'yes' }), 400, 'release/callback-invalid'],
    ['a body that is too long', callback({ ...answer, summary: 'x'.repeat(70_000) }), 413, 'release/callback-invalid'],
  ])('is refused with %s, and changes nothing', async (_, request, status, code) => {
    const { releaser, journal } = await asked();
    const before = JSON.stringify(await journal.read('r1'));
    const response = await callbackHandler(releaser)(request);
    expect([response.status, await response.json()]).toMatchObject([status, { code }]);
    expect(JSON.stringify(await journal.read('r1'))).toBe(before);
  });

  it('is refused when a byte of it was changed on its way', async () => {
    const { releaser } = await asked();
    const good = callback({ ...answer, verdict: 'fail' });
    const changed = new Request(good.url, { method: 'POST', headers: good.headers, body: JSON.stringify(answer) });
    expect((await callbackHandler(releaser)(changed)).status).toBe(401);
  });

  it('takes the new one of two signatures while a secret is rotated', async () => {
    const { releaser } = await asked();
    const request = callback(answer);
    const headers = new Headers(request.headers);
    headers.set('webhook-signature', `v1,${Buffer.alloc(32).toString('base64')} ${headers.get('webhook-signature')}`);
    const rotated = new Request(request.url, { method: 'POST', headers, body: JSON.stringify(answer) });
    expect((await callbackHandler(releaser)(rotated)).status).toBe(204);
  });
});
