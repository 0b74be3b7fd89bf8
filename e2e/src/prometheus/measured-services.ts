import { createServer, type Server } from 'node:http';
import { type Slot, slots } from '@bluegreen/contract';
import type { Answer } from '../nginx/backends.js';
import type { Site } from '../nginx/site.js';

/** The services of a site, each with the page that Prometheus scrapes. */
export interface MeasuredServices {
  /** To scrape, with the slot as a label. */
  readonly targets: readonly { readonly address: string; readonly labels: { readonly slot: Slot } }[];
  /** Runs a version in a slot; its counters begin again, as those of a new process do. */
  deploy(slot: Slot, version: string, behaviour: Behaviour): Promise<void>;
  close(): Promise<void>;
}

/** What is wrong with a version. */
export interface Behaviour {
  /** Fails one in so many requests. */
  readonly failsOneIn?: number;
  /** Answers so late. */
  readonly delayMs?: number;
}

/** Counts by status and latency, as client libraries do: a status appears with its first request. */
class Counters {
  readonly #statuses = new Map<number, number>();
  readonly #edges = new Map([0.005, 0.05, 0.5, Number.POSITIVE_INFINITY].map((edge) => [edge, 0]));

  add(status: number, seconds: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    for (const [edge, count] of this.#edges) if (seconds <= edge) this.#edges.set(edge, count + 1);
  }

  print(): string {
    const requests = [...this.#statuses].map(([status, count]) => `http_requests_total{status="${status}"} ${count}`);
    const buckets = [...this.#edges].map(([edge, count]) => {
      return `http_request_duration_seconds_bucket{le="${edge === Number.POSITIVE_INFINITY ? '+Inf' : edge}"} ${count}`;
    });
    return [
      '# TYPE http_requests_total counter',
      ...requests,
      '# TYPE http_request_duration_seconds histogram',
      ...buckets,
      '',
    ].join('\n');
  }
}

export async function measureServices({ backends }: Site): Promise<MeasuredServices> {
  const counters: Record<Slot, Counters> = { blue: new Counters(), green: new Counters() };
  const answer = (slot: Slot, { failsOneIn, delayMs = 0 }: Behaviour): Answer => {
    const own = counters[slot];
    let asked = 0;
    return (response) => {
      // The environment asks for its health here, too: that is no request of a user, and a bad version is healthy.
      if (response.req.headers.cookie === undefined) return void response.end(`${slot}\n`);
      const startedAt = performance.now();
      asked += 1;
      response.statusCode = failsOneIn !== undefined && asked % failsOneIn === 0 ? 500 : 200;
      const end = () =>
        response.end(`${slot}\n`, () => own.add(response.statusCode, (performance.now() - startedAt) / 1_000));
      if (delayMs === 0) end();
      else setTimeout(end, delayMs);
    };
  };
  const servers = await Promise.all(slots.map((slot) => servePage(() => counters[slot].print())));
  const services: MeasuredServices = {
    targets: slots.map((slot, index) => ({ address: addressOf(servers[index]!), labels: { slot } })),
    async deploy(slot, version, behaviour) {
      counters[slot] = new Counters();
      await backends.deploy(slot, version, answer(slot, behaviour));
    },
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  await services.deploy('blue', 'v1', {});
  return services;
}

function servePage(print: () => string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(print());
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function addressOf(server: Server): string {
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}
