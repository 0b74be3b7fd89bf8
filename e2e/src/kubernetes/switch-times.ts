import { everythingTo, type Slot } from '@bluegreen/contract';
import {
  deploymentOf,
  type TestNamespace,
  untilAvailable,
} from '../../../packages/kubernetes/src/control-plane.fixture.js';
import { openCluster, type SiteOptions, trafficOf } from './adapters.js';
import type { EndpointWatcher } from './endpoint-watcher.js';
import { quantile } from './quantiles.js';
import { capacity } from './site.js';

/** From before the call of `route` to the EndpointSlice, seen by the watcher, that reaches the other slot alone. */
export class SwitchTimes {
  readonly #watcher: EndpointWatcher;
  readonly #namespace: TestNamespace;
  readonly #site: SiteOptions;

  constructor(watcher: EndpointWatcher, namespace: TestNamespace, site: SiteOptions) {
    this.#watcher = watcher;
    this.#namespace = namespace;
    this.#site = site;
  }

  async measure(count: number): Promise<{ readonly p50Ms: number; readonly p99Ms: number }> {
    const { app } = this.#site;
    await this.#namespace.patch('apps/v1/deployments', `${app}-green`, deploymentOf(app, 'green', capacity));
    await untilAvailable(this.#namespace, `${app}-green`);
    const cluster = openCluster(this.#namespace.kubeConfig);
    const traffic = trafficOf(cluster, this.#site);
    const took: number[] = [];
    try {
      for (let sequence = 1; sequence <= count; sequence += 1) {
        const slot: Slot = sequence % 2 === 0 ? 'blue' : 'green';
        const signal = AbortSignal.timeout(10_000);
        const { revision } = await traffic.observe({ signal, mayLag: true });
        const seen = this.#whenReached(app, slot);
        const startedAt = performance.now();
        const call = { signal, fence: { epoch: 1, sequence }, idempotencyKey: `switch-${sequence}` };
        await traffic.route(everythingTo(slot, { fallback: null }), { revision }, call);
        took.push((await seen) - startedAt);
      }
    } finally {
      cluster.close();
    }
    return { p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) };
  }

  #whenReached(service: string, slot: Slot): Promise<number> {
    return new Promise((resolve) => {
      this.#watcher.onSlot = (name, reached, at) => {
        if (name === service && reached === slot) resolve(at);
      };
    });
  }
}
