import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiServer, matrix, startApiServer } from './api-server.fixture.js';
import type { PrometheusOptions } from './options.js';
import { prometheusMetrics } from './prometheus-metrics.js';

const window = { fromMs: 1_000_000, toMs: 1_060_000 };
const call = () => ({ signal: new AbortController().signal });
const servers: ApiServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function startedServer(answer: Answer, tls?: Parameters<typeof startApiServer>[1]): Promise<ApiServer> {
  const server = await startApiServer(answer, tls);
  servers.push(server);
  return server;
}

function sourceAt(url: string, more: Partial<PrometheusOptions> = {}) {
  return prometheusMetrics({
    url,
    services: { web: { job: 'web' } },
    slots: { blue: { slot: 'blue' }, green: { slot: 'green' } },
    requests: { metric: 'requests_total' },
    errors: { match: { status: '500' } },
    latency: { metric: 'latency' },
    ...more,
  });
}

/** Node makes no certificates. */
function hasOpenssl(): boolean {
  if (spawnSync('openssl', ['version']).status === 0) return true;
  const line = 'openssl is not installed, NOT SHOWN: that a certificate is checked against the given authority';
  if (process.env.CI === 'true') throw new Error(line);
  console.warn(line);
  return false;
}

const says =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

describe('what is sent', () => {
  it('is a range selector at the end of the window, with the parameters and the path of the options', async () => {
    const { url, received } = await startedServer(says(200, matrix([])));
    const source = sourceAt(`${url}/tenant/one/`, { parameters: { dedup: 'true' }, headers: { 'x-scope-orgid': 'a' } });
    await source.read('web', window, 'requests', call());
    expect(received.map(({ path }) => path)).toEqual(Array(2).fill('/tenant/one/api/v1/query'));
    expect(Object.fromEntries(received[0]!.form)).toEqual({
      dedup: 'true',
      query: '{__name__="requests_total",job="web",slot="blue"}[360000ms]',
      time: '1060.000',
    });
    expect(received[0]!.headers['x-scope-orgid']).toBe('a');
  });

  it('asks for the requests of a window once for both signals', async () => {
    const { url, received } = await startedServer(says(200, matrix([])));
    const source = sourceAt(url);
    const { signal } = new AbortController();
    await Promise.all([
      source.read('web', window, 'requests', { signal }),
      source.read('web', window, 'errors', { signal }),
    ]);
    expect(received).toHaveLength(4);
  });

  it('asks for secrets at every request, from a variable, a file or code', async () => {
    const { url, received } = await startedServer(says(200, matrix([])));
    const directory = mkdtempSync(join(tmpdir(), 'bluegreen-secret-'));
    try {
      const file = join(directory, 'password');
      writeFileSync(file, 'first\n');
      const source = sourceAt(url, { basic: { user: 'me', password: { file } } });
      await source.read('web', window, 'requests', call());
      writeFileSync(file, 'second\n');
      await source.read('web', window, 'requests', call());
      const sent = received.map(({ headers }) =>
        Buffer.from(headers.authorization!.replace('Basic ', ''), 'base64').toString(),
      );
      expect(new Set(sent)).toEqual(new Set(['me:first', 'me:second']));
    } finally {
      rmSync(directory, { recursive: true });
    }
    let token = 0;
    await sourceAt(url, { bearer: async () => `token-${++token}` }).read('web', window, 'requests', call());
    expect(received.at(-1)!.headers.authorization).toMatch(/^Bearer token-[12]$/);
  });

  it.each([
    ['a variable', { env: 'BLUEGREEN_NO_SUCH_SECRET' }],
    ['a file', { file: '/no/such/secret' }],
    [
      'code',
      () => {
        throw new Error('the vault says swordfish');
      },
    ],
    ['what no header can hold', () => 'a\u0000b'],
  ])('refuses a secret that %s does not have, and asks nobody', async (_, bearer) => {
    const { url, received } = await startedServer(says(200, matrix([])));
    const failure = await sourceAt(url, { bearer }).read('web', window, 'requests', call()).catch(String);
    expect(failure).toContain('prometheus/secret-missing');
    expect(failure).not.toContain('swordfish');
    expect(received).toEqual([]);
  });
});

describe('what is answered', () => {
  it.each<readonly [string, number, string, string]>([
    ['a wrong password', 401, '', 'prometheus/not-permitted'],
    ['a tenant without rights', 403, 'no', 'prometheus/not-permitted'],
    ['another server', 404, '<html>', 'prometheus/not-an-api'],
    ['a login page', 302, '', 'prometheus/not-an-api'],
    ['a page that says fine', 200, '<html>', 'prometheus/answer-unreadable'],
    ['a body that was cut', 200, '{"status":"success","da', 'prometheus/answer-unreadable'],
    ['a bad query', 400, '{"status":"error","errorType":"bad_data","error":"no"}', 'prometheus/query-refused'],
    ['too many samples', 422, '{"status":"error","errorType":"execution","error":"no"}', 'prometheus/query-refused'],
    ['too many requests', 429, '', 'prometheus/overloaded'],
    ['a query that timed out there', 503, '{"status":"error","error":"no"}', 'prometheus/overloaded'],
    ['a gateway without Prometheus', 502, '', 'prometheus/unreachable'],
    ['a warning', 200, matrix([], { warnings: ['store is down'] }), 'prometheus/partial-answer'],
    [
      'a vector',
      200,
      '{"status":"success","data":{"resultType":"vector","result":[]}}',
      'prometheus/answer-unreadable',
    ],
    ['nothing', 200, 'null', 'prometheus/answer-unreadable'],
    ['a series without samples', 200, matrix([{ metric: {}, values: 'none' }]), 'prometheus/answer-unreadable'],
    ['a sample without a value', 200, matrix([{ metric: {}, values: [[1]] }]), 'prometheus/answer-unreadable'],
    ['a failure with status 200', 200, '{"status":"error","error":"no"}', 'prometheus/query-refused'],
    ['a histogram', 200, matrix([{ metric: {}, histograms: [[1, { count: '1' }]] }]), 'prometheus/not-a-counter'],
  ])('is an error when it is %s: never a shorter answer', async (_, status, body, code) => {
    const { url } = await startedServer(says(status, body));
    await expect(sourceAt(url).read('web', window, 'requests', call())).rejects.toMatchObject({ code });
  });

  it('tells how long to wait where the server does', async () => {
    const { url } = await startedServer(says(429, '', { 'retry-after': '7' }));
    await expect(sourceAt(url).read('web', window, 'requests', call())).rejects.toMatchObject({ retryAfterMs: 7_000 });
  });

  it('passes on what is no number: the gate says what is wrong with it (S22)', async () => {
    const values = [
      [1_050, 'NaN'],
      [1_055.5, '+Inf'],
    ];
    const { url } = await startedServer(({ form }, response) =>
      response.end(matrix(form.get('query')!.includes('"green"') ? [{ metric: { slot: 'green' }, values }] : [])),
    );
    expect(await sourceAt(url).read('web', window, 'requests', call())).toEqual({
      blue: [],
      green: [
        [
          { at: 1_050_000, value: Number.NaN },
          { at: 1_055_500, value: Number.POSITIVE_INFINITY },
        ],
      ],
    });
  });

  it('has no notes of Prometheus among its problems', async () => {
    const { url } = await startedServer(says(200, matrix([], { infos: ['metric might not be a counter'] })));
    expect(await sourceAt(url).read('web', window, 'requests', call())).toEqual({ blue: [], green: [] });
  });

  it('is not read beyond its limit', async () => {
    const { url } = await startedServer(says(200, matrix([{ metric: { pad: 'x'.repeat(10_000) }, values: [] }])));
    await expect(
      sourceAt(url, { maxAnswerBytes: 5_000 }).read('web', window, 'requests', call()),
    ).rejects.toMatchObject({ code: 'prometheus/answer-too-large' });
  });

  it('never shows a secret, not even one that the server sends back', async () => {
    const { url } = await startedServer(({ headers }, response) =>
      response.writeHead(400).end(JSON.stringify({ status: 'error', error: `bad ${headers.authorization}` })),
    );
    const failure = await sourceAt(url, { bearer: () => 'swordfish' })
      .read('web', window, 'requests', call())
      .catch((error) => `${error} ${JSON.stringify(error)} ${error.stack}`);
    expect(failure).toContain('prometheus/query-refused');
    expect(failure).not.toContain('swordfish');
  });
});

describe('a call', () => {
  it('ends when nobody waits for it any more', async () => {
    const controller = new AbortController();
    const { url } = await startedServer(() => controller.abort());
    await expect(sourceAt(url).read('web', window, 'requests', { signal: controller.signal })).rejects.toMatchObject({
      code: 'prometheus/aborted',
    });
  });

  it('ends when its time is over, also in the middle of an answer (L4)', async () => {
    const { url } = await startedServer((_, response) => response.writeHead(200).write('{'));
    await expect(sourceAt(url, { timeout: '50ms' }).read('web', window, 'requests', call())).rejects.toMatchObject({
      code: 'prometheus/no-answer',
      reaction: 'retry',
    });
  });

  it('says so when nobody listens, and when the connection is cut', async () => {
    const { url, close } = await startApiServer((_, response) => response.destroy());
    const cut = sourceAt(url).read('web', window, 'requests', call());
    await expect(cut).rejects.toMatchObject({ code: 'prometheus/unreachable' });
    await close();
    await expect(sourceAt(url).read('web', window, 'requests', call())).rejects.toMatchObject({
      code: 'prometheus/unreachable',
      reaction: 'retry',
    });
  });

  it.runIf(hasOpenssl())('trusts the authority that it is given, and no other', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'bluegreen-tls-'));
    try {
      const subject = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
      const files = ['-keyout', join(directory, 'key'), '-out', join(directory, 'ca')];
      const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
      execFileSync('openssl', [...how, ...subject, ...files], { stdio: 'pipe' });
      const [key, ca] = ['key', 'ca'].map((name) => readFileSync(join(directory, name), 'utf8')) as [string, string];
      const { url } = await startedServer(says(200, matrix([])), { key, cert: ca });
      expect(await sourceAt(url, { tls: { ca } }).read('web', window, 'requests', call())).toEqual({
        blue: [],
        green: [],
      });
      await expect(sourceAt(url).read('web', window, 'requests', call())).rejects.toMatchObject({
        code: 'prometheus/certificate-refused',
        reaction: 'permanent',
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('options', () => {
  it.each<readonly [string, Partial<PrometheusOptions>]>([
    ['url', { url: 'prometheus:9090' }],
    ['url', { url: 'http://me:secret@localhost' }],
    ['url', { url: 'http://localhost?a=b' }],
    ['services', { services: {} }],
    ['services', { services: { web: { 'not a label': 'x' } } }],
    ['services', { services: { web: { __name__: 'x' } } }],
    ['slots', { slots: { blue: {}, green: { slot: 'green' } } }],
    ['slots', { slots: { blue: { slot: 'a' }, green: { slot: 'a' } } }],
    ['requests', { requests: { metric: 'rate(x[1m])' } }],
    ['errors', { errors: {} }],
    ['errors', { errors: { match: { status: { find: '5' } as never } } }],
    ['bearer', { bearer: { env: 'A' }, basic: { user: 'me', password: { env: 'B' } } }],
    ['tls', { tls: { ca: '' } }],
  ])('are refused where they cannot be meant: %s', (option, more) => {
    const given = () => sourceAt('http://localhost:9090', more);
    expect(given).toThrow('prometheus/options-invalid');
    expect(given).toThrow(option);
    expect(given).not.toThrow('secret');
  });

  it('name the services that can be read', async () => {
    await expect(sourceAt('http://localhost:1').read('toString', window, 'errors', call())).rejects.toMatchObject({
      code: 'prometheus/service-unknown',
    });
  });

  it('leave latencies out without a histogram', async () => {
    const { latency: _, ...without } = {
      url: 'http://localhost:1',
      services: { web: {} },
      slots: { blue: { slot: 'blue' }, green: { slot: 'green' } },
      requests: { metric: 'a' },
      errors: { metric: 'b' },
      latency: undefined,
    };
    expect(await prometheusMetrics(without).readLatency('web', window, call())).toEqual([]);
  });
});
