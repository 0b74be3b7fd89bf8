import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type FunctionEnvironmentOptions, functionEnvironment } from './function-environment.js';

const servers: Server[] = [];

async function serve(answer: (path: string) => { status?: number; body?: string; version?: string }): Promise<string> {
  const server = createServer((request, response) => {
    const { status = 200, body = '', version } = answer(request.url ?? '');
    if (version !== undefined) response.setHeader('x-version', version);
    response.writeHead(status).end(body);
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A URL where nobody listens any more. */
async function nowhere(): Promise<string> {
  const url = await serve(() => ({}));
  const server = servers.pop()!;
  await new Promise((resolve) => server.close(resolve));
  return url;
}

function environmentAt(green: string, more: Partial<FunctionEnvironmentOptions> = {}) {
  const urls = { blue: 'http://127.0.0.1:1', green };
  return functionEnvironment({ urls, deploy: async () => {}, retire: async () => {}, ...more });
}

const call = { signal: new AbortController().signal };
const write = { ...call, idempotencyKey: 'r1/web/green/deploy', fence: { epoch: 1, sequence: 1 } };

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('an environment made of functions', () => {
  it('reads version and readiness from the JSON of the health answer', async () => {
    const paths: string[] = [];
    const url = await serve((path) => {
      paths.push(path);
      return { body: '{"version":"v7"}' };
    });
    expect(await environmentAt(url).observe('green', call)).toMatchObject({ version: 'v7', ready: 1, url });
    expect(paths).toEqual(['/healthz']);
  });

  it('reads the version from the header where the answer is no JSON, and asks the path that it is told', async () => {
    const url = await serve((path) => ({ body: 'fine', version: path === '/live' ? 'v8' : 'other' }));
    expect(await environmentAt(url, { healthPath: '/live' }).observe('green', call)).toMatchObject({ version: 'v8' });
  });

  it('is not ready while the health check answers anything but 2xx, and says what', async () => {
    const url = await serve(() => ({ status: 503, version: 'v8' }));
    const seen = await environmentAt(url).observe('green', call);
    expect(seen).toMatchObject({ version: 'v8', ready: 0, whyNotReady: 'health check answers 503' });
  });

  it('takes a slot where nobody listens for an empty one', async () => {
    expect(await environmentAt(await nowhere()).observe('green', call)).toMatchObject({ version: null, ready: 0 });
  });

  it('takes a slot that gives no answer for an unknown one, not for an empty one', async () => {
    const server = createServer((request) => request.socket.destroy());
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(environmentAt(url).observe('green', call)).rejects.toThrow();
  });

  it('confirms before it deploys and before it retires, and does neither when that is refused', async () => {
    const done: string[] = [];
    const environment = environmentAt('http://127.0.0.1:1', {
      deploy: async ({ version, slot, releaseId }) => void done.push(`deploy ${version} ${slot} ${releaseId}`),
      retire: async ({ slot }) => void done.push(`retire ${slot}`),
    });
    const target = { slot: 'green', atLeast: 1, autoscaling: 'free', workers: 'active' } as const;
    const confirm = async (): Promise<void> => void done.push('confirm');
    await environment.converge({ ...target, release: { id: 'r1', version: 'v2' } }, { ...write, confirm });
    await environment.converge({ ...target, release: null }, { ...write, confirm });
    expect(done).toEqual(['confirm', 'deploy v2 green r1', 'confirm', 'retire green']);
    const refuse = async (): Promise<void> => {
      throw new Error('reachable');
    };
    await expect(environment.converge({ ...target, release: null }, { ...write, confirm: refuse })).rejects.toThrow(
      'reachable',
    );
    expect(done).toHaveLength(4);
  });
});
