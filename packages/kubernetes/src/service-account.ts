import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from './failure.js';
import type { KubeConfigLike } from './kube-config.js';

export interface ServiceAccountOptions {
  /** Where the kubelet keeps `token` and `ca.crt` up to date. Default: where it mounts them in every pod. */
  readonly directory?: string;
  /** Address of the API server. Default: what `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` say. */
  readonly server?: string;
}

const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * What a pod was given by its cluster, for a releaser that runs in one. It loads nothing, so a process that was killed is
 * back at work sooner than with a library that reads every kind of kubeconfig. Both files are read for each request: a
 * token lives for an hour and is replaced before that, and whoever kept the old one would be refused.
 *
 * @throws `kubernetes/options-invalid` outside a pod
 */
export function serviceAccount({
  directory = mounted,
  server = serverOfPod(),
}: ServiceAccountOptions = {}): KubeConfigLike {
  const [token, authority] = [join(directory, 'token'), join(directory, 'ca.crt')];
  for (const file of [token, authority]) demandReadable(file);
  return {
    getCurrentCluster: () => ({ server }),
    async applyToHTTPSOptions(options) {
      const [bearer, ca] = await Promise.all([readFile(token, 'utf8'), readFile(authority)]);
      options.ca = ca;
      options.headers = { ...options.headers, authorization: `Bearer ${bearer.trim()}` };
    },
  };
}

function serverOfPod(): string {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  if (host === '') throw fail('kubernetes/options-invalid', { detail: 'KUBERNETES_SERVICE_HOST is not set: no pod' });
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function demandReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    throw fail('kubernetes/options-invalid', { detail: `${file} cannot be read`, cause });
  }
}
