import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { kubernetesCluster } from './cluster.js';
import { serviceAccount } from './service-account.js';

describe('what a pod was given', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bluegreen-pod-'));
    writeFileSync(join(directory, 'token'), 'first-canary\n');
    writeFileSync(join(directory, 'ca.crt'), 'authority');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  test.each([
    ['10.0.0.1', '443', 'https://10.0.0.1:443'],
    ['fd00::1', '6443', 'https://[fd00::1]:6443'],
  ])('host %s and port %s of the pod make %s', (host, port, server) => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', host);
    vi.stubEnv('KUBERNETES_SERVICE_PORT', port);
    expect(serviceAccount({ directory }).getCurrentCluster()).toEqual({ server });
  });

  test('a token that was replaced is the one of the next request', async () => {
    const account = serviceAccount({ directory, server: 'https://10.0.0.1' });
    const ask = async (): Promise<RequestOptions> => {
      const options: RequestOptions = { headers: { accept: 'application/json' } };
      await account.applyToHTTPSOptions(options);
      return options;
    };
    const accept = 'application/json';
    expect(await ask()).toMatchObject({ headers: { accept, authorization: 'Bearer first-canary' } });
    writeFileSync(join(directory, 'token'), 'second-canary\n');
    writeFileSync(join(directory, 'ca.crt'), 'the next authority');
    const { headers, ca } = await ask();
    expect(headers).toEqual({ accept, authorization: 'Bearer second-canary' });
    expect(String(ca)).toBe('the next authority');
  });

  test('outside a pod it is refused when it is made', () => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '');
    const refusal = { code: 'kubernetes/options-invalid', reaction: 'permanent' };
    expect(() => serviceAccount({ directory })).toThrow(expect.objectContaining(refusal));
    const server = 'https://10.0.0.1';
    expect(() => serviceAccount({ directory: join(directory, 'none'), server })).toThrow(
      expect.objectContaining(refusal),
    );
  });

  test('a token that cannot be read was sent to nobody, and no error shows one', async () => {
    const cluster = kubernetesCluster({ kubeConfig: serviceAccount({ directory, server: 'https://127.0.0.1:1' }) });
    const ask = () => cluster.api.request({ method: 'GET', path: '/api', signal: AbortSignal.timeout(5_000) });
    const unreachable = await ask().catch((error) => error);
    expect(unreachable).toMatchObject({ code: 'kubernetes/unreachable', reaction: 'retry' });
    expect(inspect(unreachable, { depth: 8 })).not.toContain('canary');
    rmSync(join(directory, 'token'));
    await expect(ask()).rejects.toMatchObject({ code: 'kubernetes/unreachable', reaction: 'retry' });
    cluster.close();
  });
});
