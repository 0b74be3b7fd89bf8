import { type Clock, durationMs, systemClock } from '@bluegreen/contract';
import { Api } from './api.js';
import { Collection } from './collection.js';
import { fail } from './failure.js';
import type { KubeConfigLike } from './kube-config.js';
import type { KubernetesObject } from './objects.js';
import { openTransport, type Transport } from './transport.js';

export interface ClusterOptions {
  /** In a pod `serviceAccount()`; elsewhere a `KubeConfig` of `@kubernetes/client-node` that was loaded. */
  readonly kubeConfig: KubeConfigLike;
  /** Names the cluster in `resource`; give it when the same cluster is reached by several addresses. Default: its address. */
  readonly name?: string;
  /** A request that is not answered within this time is given up. Default `'15s'`. */
  readonly requestTimeout?: string;
  /**
   * A watch that says nothing for this long has lost its server, and is begun anew. Servers say something about once a
   * minute. Default `'90s'`.
   */
  readonly watchSilence?: string;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** What is watched, by the path of its list. */
const paths = {
  services: (namespace: string) => `/api/v1/namespaces/${namespace}/services`,
  pods: (namespace: string) => `/api/v1/namespaces/${namespace}/pods`,
  slices: (namespace: string) => `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
  deployments: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
  autoscalers: (namespace: string) => `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
  routes: (namespace: string) => `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`,
} as const;

export type Kind = keyof typeof paths;

interface ClusterTimes {
  readonly clock: Clock;
  readonly silenceMs: number;
  readonly timeoutMs: number;
}

/** How long an answer about this account's rights is good for. */
const answerMs = 5_000;

/**
 * One connection to one cluster, for as many services as you like: they share connections and watches, so that a release
 * asks for next to nothing besides what it writes. Watches begin with the first release and end when none runs.
 */
export class KubernetesCluster {
  readonly name: string;
  /** For this package's adapters. */
  readonly api: Api;
  readonly clock: Clock;
  readonly #transport: Transport;
  readonly #silenceMs: number;
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  readonly #collections = new Map<string, Collection<KubernetesObject>>();

  constructor(name: string, transport: Transport, { clock, silenceMs, timeoutMs }: ClusterTimes) {
    this.name = name;
    this.#silenceMs = silenceMs;
    this.#transport = transport;
    this.clock = clock;
    this.api = new Api(transport, clock, timeoutMs);
  }

  /** For this package's adapters: the objects of one kind in one namespace; of pods, those with this label. */
  objects<T extends KubernetesObject>(kind: Kind, namespace: string, label?: string): Collection<T> {
    const key = `${kind} ${namespace} ${label ?? ''}`;
    let collection = this.#collections.get(key);
    if (collection === undefined) {
      const filter = label === undefined ? {} : { [label]: null };
      collection = new Collection(this.api, {
        clock: this.clock,
        path: paths[kind](readName('namespace', namespace)),
        filter,
        silenceMs: this.#silenceMs,
      });
      this.#collections.set(key, collection);
    }
    return collection as unknown as Collection<T>;
  }

  /** For this package's adapters: one answer for all who ask the same at about the same time. */
  async once<R>(key: string, ask: () => Promise<R>): Promise<R> {
    const known = this.#answers.get(key);
    const now = this.clock.now();
    if (known !== undefined && now - known.at < answerMs) {
      // Whoever asked first may have stopped waiting; that is not everybody's answer.
      return (known.answer as Promise<R>).catch(ask);
    }
    const answer = ask();
    this.#answers.set(key, { at: now, answer });
    return answer;
  }

  /** Ends every watch and closes every connection. Nothing may be asked afterwards. */
  close(): void {
    for (const collection of this.#collections.values()) collection.close();
    this.#transport.close();
  }
}

/** @throws `kubernetes/options-invalid` without a current cluster */
export function kubernetesCluster(options: ClusterOptions): KubernetesCluster {
  const { kubeConfig, name, clock = systemClock(), watchSilence = '90s', requestTimeout = '15s' } = options;
  const transport = openTransport(kubeConfig);
  return new KubernetesCluster(name ?? transport.server.host, transport, {
    clock,
    silenceMs: durationMs(watchSilence, 'watchSilence'),
    timeoutMs: durationMs(requestTimeout, 'requestTimeout'),
  });
}

/** A name that can stand in a path. @throws `kubernetes/options-invalid` */
export function readName(option: string, value: unknown): string {
  if (typeof value === 'string' && /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(value)) return value;
  throw fail('kubernetes/options-invalid', { detail: `${option}: ${JSON.stringify(value)} is no name of an object` });
}
