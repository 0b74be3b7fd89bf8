import { slots } from '@bluegreen/contract';
import { type KubeConfig, Watch } from '@kubernetes/client-node';
import { slotLabel } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import { ownLimits } from './site.js';

interface Watched {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly selector?: Readonly<Record<string, string>>;
    readonly rules?: readonly { readonly backendRefs?: readonly { readonly weight?: number }[] }[];
  };
}

interface Version {
  readonly at: number;
  /** Of an autoscaler: whether it stands still; of a router: how it splits. */
  readonly says: string;
}

const held = 'bluegreen.dev/autoscaler';

/**
 * Looks at every version of the autoscalers and routers of a namespace, without any code of the adapters. One etcd numbers
 * the versions of all objects, so this server's versions tell which autoscaler was how when a router changed. (Programs may
 * compare versions for equality only; a test that knows its server may do more.)
 */
export class AutoscalerWatcher {
  readonly #watch: Watch;
  readonly #namespace: string;
  readonly #autoscalers = new Map<string, Version[]>();
  readonly #routers = new Map<string, Version[]>();
  readonly #streams: AbortController[] = [];
  readonly #problems: string[] = [];

  constructor(kubeConfig: KubeConfig, namespace: string) {
    this.#watch = new Watch(kubeConfig);
    this.#namespace = namespace;
  }

  async start(): Promise<void> {
    const space = `namespaces/${this.#namespace}`;
    await this.#follow(`/apis/autoscaling/v2/${space}/horizontalpodautoscalers`, this.#autoscalers, (object) =>
      this.#standing(object),
    );
    await this.#follow(`/api/v1/${space}/services`, this.#routers, ({ spec }) => spec.selector?.[slotLabel] ?? 'none');
    await this.#follow(`/apis/gateway.networking.k8s.io/v1/${space}/httproutes`, this.#routers, ({ spec }) =>
      JSON.stringify(
        (spec.rules ?? []).flatMap(({ backendRefs = [] }) =>
          backendRefs.length === 2 ? backendRefs.map(({ weight }) => weight) : [],
        ),
      ),
    );
  }

  stop(): void {
    for (const stream of this.#streams) stream.abort();
  }

  /** How often the autoscalers of an app were frozen. */
  freezes(app: string): number {
    return slots
      .flatMap((slot) => this.#changes(this.#autoscalers, `${app}-${slot}`))
      .filter(({ says }) => says === 'frozen').length;
  }

  /** Every change of the router of an app since it was set up. */
  shifts(app: string): number {
    return this.#shifts(app).length;
  }

  /** What was wrong with any version; and what is wrong now, when nothing runs. */
  problemsOf(app: string): readonly string[] {
    const names = slots.map((slot) => `${app}-${slot}`);
    const problems = this.#problems.filter((problem) => names.some((name) => problem.startsWith(name)));
    for (const { at, says } of this.#shifts(app)) {
      for (const name of names) {
        const before = this.#autoscalers.get(name)?.filter((version) => version.at < at);
        if (before?.at(-1)?.says !== 'frozen') problems.push(`${name} was free when ${app} changed to ${says}`);
      }
    }
    for (const name of names) {
      if (this.#autoscalers.get(name)?.at(-1)?.says !== 'free') problems.push(`${name} is left frozen`);
    }
    return problems;
  }

  /** It is made without slots, and then set up. */
  #shifts(app: string): readonly Version[] {
    return this.#changes(this.#routers, app).slice(2);
  }

  #changes(all: ReadonlyMap<string, readonly Version[]>, name: string): readonly Version[] {
    const versions = all.get(name) ?? [];
    return versions.filter(({ says }, index) => index === 0 || versions[index - 1]!.says !== says);
  }

  #standing({ metadata: { name, annotations }, spec: { minReplicas, maxReplicas } }: Watched): string {
    const kept = annotations?.[held];
    const isOwn = minReplicas === ownLimits.min && maxReplicas === ownLimits.max;
    if (kept === undefined) {
      if (!isOwn) this.#problems.push(`${name} is free with ${minReplicas} to ${maxReplicas}`);
      return 'free';
    }
    const { min, max } = JSON.parse(kept) as { min: number; max: number };
    if (minReplicas !== maxReplicas || min !== ownLimits.min || max !== ownLimits.max) {
      this.#problems.push(`${name} is frozen with ${minReplicas} to ${maxReplicas}, keeping ${kept}`);
    }
    return 'frozen';
  }

  async #follow(path: string, into: Map<string, Version[]>, read: (object: Watched) => string): Promise<void> {
    const handler = (type: string, object: Watched): void => {
      if (type !== 'ADDED' && type !== 'MODIFIED') return;
      const { name, resourceVersion } = object.metadata;
      const versions = into.get(name) ?? [];
      into.set(name, versions);
      versions.push({ at: Number(resourceVersion), says: read(object) });
    };
    const ended = (error: unknown): void => {
      if (error != null && !String(error).includes('abort')) this.#problems.push(`the watch of ${path}: ${error}`);
    };
    this.#streams.push(await this.#watch.watch(path, {}, handler, ended));
  }
}
