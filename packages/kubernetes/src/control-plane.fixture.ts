import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { Api } from './api.js';
import { openTransport } from './transport.js';

/** True where a control plane is named by `KUBECONFIG`; elsewhere one line says what was not shown, and CI fails. */
export function hasControlPlane(whatIsNotShown: string): boolean {
  if ((process.env.KUBECONFIG ?? '') !== '') return true;
  const line = `KUBECONFIG is not set, NOT SHOWN: ${whatIsNotShown}`;
  if (process.env.CI === 'true') throw new Error(line);
  console.warn(line);
  return false;
}

export function loadKubeConfig(): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  return kubeConfig;
}

/** A namespace of its own on the control plane, and an administrator who does what people and controllers do. */
export class TestNamespace {
  readonly name: string;
  readonly kubeConfig: KubeConfig;
  readonly #api: Api;

  constructor(name: string, kubeConfig: KubeConfig) {
    this.name = name;
    this.kubeConfig = kubeConfig;
    this.#api = new Api(openTransport(kubeConfig));
  }

  async ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string, object?: unknown): Promise<T> {
    const body = object === undefined ? {} : { body: JSON.stringify(object), contentType: 'application/json' };
    return this.#api.request<T>({ method, path, signal: AbortSignal.timeout(20_000), ...body });
  }

  /** `services`, `pods`, `apps/v1/deployments`, `discovery.k8s.io/v1/endpointslices`, … */
  path(kind: string): string {
    const parts = kind.split('/');
    const resource = parts.pop()!;
    const base = parts.length === 0 ? '/api/v1' : `/apis/${parts.join('/')}`;
    return `${base}/namespaces/${this.name}/${resource}`;
  }

  create<T>(kind: string, object: unknown): Promise<T> {
    return this.ask('POST', `${this.path(kind)}?fieldManager=kubectl-create`, object);
  }

  get<T>(kind: string, name: string): Promise<T> {
    return this.ask('GET', `${this.path(kind)}/${name}`);
  }

  async list<T>(kind: string, selector = ''): Promise<readonly T[]> {
    const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
    return (await this.ask<{ items: T[] }>('GET', `${this.path(kind)}${query}`)).items;
  }

  async remove(kind: string, name: string): Promise<void> {
    await this.ask('DELETE', `${this.path(kind)}/${name}`);
  }

  /** As somebody else does it: server-side apply under `manager`, or a merge patch as `kubectl patch` sends it. */
  patch<T>(
    kind: string,
    name: string,
    object: object,
    as: { manager: string; apply?: boolean; force?: boolean; subresource?: string } = { manager: 'kubectl-patch' },
  ): Promise<T> {
    const { manager, apply = false, force = false, subresource = '' } = as;
    return this.#api.request<T>({
      method: 'PATCH',
      path: `${this.path(kind)}/${name}${subresource}?fieldManager=${manager}${apply ? `&force=${force}` : ''}`,
      contentType: apply ? 'application/apply-patch+yaml' : 'application/merge-patch+json',
      body: JSON.stringify(object),
      signal: AbortSignal.timeout(20_000),
    });
  }

  /** Resolves when the condition is true; asks again and again. */
  async until(what: string, isTrue: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
    const end = performance.now() + withinMs;
    while (!(await isTrue())) {
      if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
      await sleep(20);
    }
  }

  async close(): Promise<void> {
    await this.ask('DELETE', `/api/v1/namespaces/${this.name}`);
    this.#api.close();
  }
}

export async function openNamespace(): Promise<TestNamespace> {
  const namespace = new TestNamespace(`bluegreen-${crypto.randomUUID().slice(0, 8)}`, loadKubeConfig());
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace.name } };
  await namespace.ask('POST', '/api/v1/namespaces', object);
  return namespace;
}

export const slotLabel = 'bluegreen.dev/slot';

/** A Deployment of one slot, as a user would write it. */
export function deploymentOf(app: string, slot: string, replicas: number, more: object = {}): object {
  const labels = { app, [slotLabel]: slot };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${app}-${slot}` },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:v1' }], ...more } },
    },
  };
}

export function serviceOf(name: string, selector: Record<string, string>, more: object = {}): object {
  const spec = { selector, ports: [{ port: 80 }], ...more };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

export const autoscalerKind = 'autoscaling/v2/horizontalpodautoscalers';

/** The autoscaler of the Deployment of this name. Without metrics its controller keeps to the limits and does no more. */
export function autoscalerOf(name: string, minReplicas: number, maxReplicas: number): object {
  const target = { type: 'Utilization', averageUtilization: 50 };
  return {
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas,
      maxReplicas,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
  };
}

interface DeploymentStatus {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly availableReplicas?: number };
}

/** Waits until every pod of a Deployment is available. */
export function untilAvailable(namespace: TestNamespace, name: string): Promise<void> {
  return namespace.until(`${name} is available`, async () => {
    const { spec, status } = await namespace.get<DeploymentStatus>('apps/v1/deployments', name);
    return (status?.availableReplicas ?? 0) === spec.replicas;
  });
}
