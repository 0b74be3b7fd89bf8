import type { Slot } from '@bluegreen/contract';
import { type KubeConfig, Watch } from '@kubernetes/client-node';
import { slotLabel } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import { capacity } from './site.js';

interface Watched {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

interface Slice extends Watched {
  readonly endpoints?: readonly {
    readonly conditions?: { readonly ready?: boolean };
    readonly targetRef?: { readonly uid?: string };
  }[];
}

interface Route extends Watched {
  readonly spec: {
    readonly rules?: readonly { readonly backendRefs?: readonly { name: string; weight?: number }[] }[];
  };
}

/** What the watcher has counted. */
export interface EndpointCounts {
  /** Versions of EndpointSlices of Services that users reach. */
  versions: number;
  /** Of those, the ones in which nobody could be reached. */
  empty: number;
  /** And those in which fewer pods could be reached than served before the release. */
  belowCapacity: number;
  /** Moments at which a route gave weight to a slot without enough pods. */
  weightWithoutCapacity: number;
}

export interface WatchedService extends Watched {
  readonly metadata: Watched['metadata'] & { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly selector?: Readonly<Record<string, string>> };
}

interface WatchedPod extends Watched {
  readonly metadata: Watched['metadata'] & { readonly uid: string };
}

/**
 * Looks at every version of every EndpointSlice and HTTPRoute of a namespace, with the library that everybody uses and
 * without any code of the adapters. It trusts nothing that a release says of itself.
 */
export class EndpointWatcher {
  readonly counts: EndpointCounts = { versions: 0, empty: 0, belowCapacity: 0, weightWithoutCapacity: 0 };
  readonly problems: string[] = [];
  readonly #watch: Watch;
  readonly #namespace: string;
  readonly #usable = new Map<string, number>();
  readonly #weighted = new Map<string, readonly string[]>();
  readonly #slotOfPod = new Map<string, Slot>();
  readonly #adopted = new Set<string>();
  readonly #expected = new Set<string>();
  readonly #streams: AbortController[] = [];
  /** Called when a Service reaches pods of exactly one slot. */
  onSlot: (service: string, slot: Slot, at: number) => void = () => undefined;
  #onService: (service: WatchedService) => void = () => undefined;
  #isOver = false;

  constructor(kubeConfig: KubeConfig, namespace: string) {
    this.#watch = new Watch(kubeConfig);
    this.#namespace = namespace;
  }

  async start(): Promise<void> {
    const base = `/namespaces/${this.#namespace}`;
    await this.#follow(`/api/v1${base}/services`, (_, service) => this.#onService(service as WatchedService));
    await this.#follow(`/api/v1${base}/pods`, (_, pod) => this.#pod(pod as WatchedPod));
    const slices = `/apis/discovery.k8s.io/v1${base}/endpointslices`;
    await this.#follow(
      slices,
      (type, slice) => this.#slice(type, slice as Slice),
      () => this.#usable.clear(),
    );
    const routes = `/apis/gateway.networking.k8s.io/v1${base}/httproutes`;
    await this.#follow(
      routes,
      (_, route) => this.#route(route as Route),
      () => this.#weighted.clear(),
    );
  }

  /** When the selector of a Service names a slot: the instant at which the watch says so. */
  selectorIs(service: string, slot: Slot): Promise<number> {
    return this.serviceIs(service, ({ spec }) => spec.selector?.[slotLabel] === slot);
  }

  /** The instant at which the watch shows a version of the Service of which this is true. One caller at a time. */
  serviceIs(service: string, isTrue: (service: WatchedService) => boolean): Promise<number> {
    return new Promise((resolve) => {
      this.#onService = (seen) => {
        if (seen.metadata.name === service && isTrue(seen)) resolve(performance.now());
      };
    });
  }

  /** From the first version on that shows all its pods, this Service or route must never be without them. */
  guard(name: string): void {
    this.#expected.add(name);
    this.#adopt(name, this.#weighted.get(name) ?? [name]);
  }

  #adopt(name: string, services: readonly string[]): void {
    const isWhole = services.length > 0 && services.every((each) => (this.#usable.get(each) ?? 0) >= capacity);
    if (this.#expected.has(name) && isWhole) this.#adopted.add(name);
  }

  stop(): void {
    this.#isOver = true;
    for (const stream of this.#streams) stream.abort();
  }

  /** Begins anew from everything when a stream ends, as after a restart of the server. */
  async #follow(
    path: string,
    onEvent: (type: string, object: Watched) => void,
    forget: () => void = () => undefined,
  ): Promise<void> {
    const again = (): void => {
      // Until it is told anew, nothing of what it knew may be held against anybody.
      forget();
      if (!this.#isOver) setTimeout(() => void this.#follow(path, onEvent, forget).catch(again), 100);
    };
    const handler = (type: string, object: unknown): void => {
      if (type !== 'ERROR' && type !== 'BOOKMARK') onEvent(type, object as Watched);
    };
    this.#streams.push(await this.#watch.watch(path, {}, handler, again));
  }

  #pod({ metadata }: WatchedPod): void {
    const slot = metadata.labels?.[slotLabel];
    if (slot !== undefined) this.#slotOfPod.set(metadata.uid, slot as Slot);
  }

  #slice(type: string, { metadata, endpoints = [] }: Slice): void {
    const at = performance.now();
    const service = metadata.labels?.['kubernetes.io/service-name'];
    if (service === undefined || type === 'DELETED') return;
    const usable = endpoints.filter(({ conditions }) => conditions?.ready !== false);
    this.#usable.set(service, usable.length);
    const slots = new Set(usable.map(({ targetRef }) => this.#slotOfPod.get(targetRef?.uid ?? '')));
    const [slot] = slots;
    if (slots.size === 1 && slot !== undefined) this.onSlot(service, slot, at);
    this.#adopt(service, [service]);
    if (this.#adopted.has(service)) this.#count(service, usable.length);
    this.#checkWeights();
  }

  #count(service: string, usable: number): void {
    this.counts.versions += 1;
    if (usable === 0) this.counts.empty += 1;
    if (usable < capacity) {
      this.counts.belowCapacity += 1;
      this.problems.push(`${service} reached ${usable} pods`);
    }
  }

  #route({ metadata, spec }: Route): void {
    const refs = (spec.rules ?? []).flatMap(({ backendRefs = [] }) => (backendRefs.length === 2 ? backendRefs : []));
    this.#weighted.set(
      metadata.name,
      refs.filter(({ weight = 1 }) => weight > 0).map(({ name }) => name),
    );
    this.#checkWeights();
  }

  /** Held against each other at every event of either: a slot with weight has its pods. */
  #checkWeights(): void {
    for (const [route, services] of this.#weighted) {
      this.#adopt(route, services);
      if (!this.#adopted.has(route)) continue;
      this.counts.versions += 1;
      for (const service of services) {
        const usable = this.#usable.get(service);
        if (usable === undefined || usable >= capacity) continue;
        this.counts.weightWithoutCapacity += 1;
        this.counts.belowCapacity += 1;
        if (usable === 0) this.counts.empty += 1;
        this.problems.push(`${route} gave weight to ${service} with ${usable} pods`);
      }
    }
  }
}
