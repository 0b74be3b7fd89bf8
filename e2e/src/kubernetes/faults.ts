import { isBluegreenError } from '@bluegreen/contract';
import {
  type ApiProxy,
  type ProxyFault,
  type SeenRequest,
  startApiProxy,
} from '../../../packages/kubernetes/src/api-proxy.fixture.js';
import type { TestNamespace } from '../../../packages/kubernetes/src/control-plane.fixture.js';
import type { SiteOptions } from './adapters.js';
import { wrongEnd } from './crashes.js';
import { withJournal } from './journal-directory.js';
import { openRun } from './runs.js';

/** Everything that the proxy does to a request and that fits it. */
const faults: readonly {
  readonly name: string;
  readonly fault: ProxyFault;
  readonly fits: (seen: SeenRequest) => boolean;
}[] = [
  { name: 'cut after forwarding', fault: 'cut-after', fits: ({ isWatch }) => !isWatch },
  { name: 'cut before forwarding', fault: 'cut-before', fits: () => true },
  { name: 'error after forwarding', fault: 'error-after', fits: ({ isWatch }) => !isWatch },
  { name: '409', fault: { status: 409, reason: 'Conflict' }, fits: ({ isWrite }) => isWrite },
  { name: '429', fault: { status: 429, reason: 'TooManyRequests', retryAfter: 1 }, fits: () => true },
  { name: '503', fault: { status: 503, reason: 'ServiceUnavailable' }, fits: () => true },
  { name: '504', fault: { status: 504, reason: 'Timeout' }, fits: ({ isWatch }) => !isWatch },
  { name: '410', fault: { status: 410, reason: 'Expired' }, fits: ({ isWatch }) => isWatch },
  { name: '410 in the stream', fault: 'gone-in-stream', fits: ({ isWatch }) => isWatch },
  { name: 'dead stream', fault: 'dead-stream', fits: ({ isWatch }) => isWatch },
  { name: 'hang', fault: 'hang', fits: ({ isWatch }) => !isWatch },
  { name: 'slow', fault: { delayMs: 700 }, fits: () => true },
];

export interface FaultFigures {
  points: number;
  converged: number;
  readonly problems: string[];
}

/** Runs a release for every fault at every call, or for `most` of them, evenly spread. */
export function faultsAtEveryCall(
  namespace: TestNamespace,
  site: SiteOptions,
  { most, note }: { readonly most: number; readonly note: (text: string) => void },
): Promise<FaultFigures> {
  return withJournal((journal) => meetFaults({ namespace, site, journal, note }, most));
}

interface Place {
  readonly namespace: TestNamespace;
  readonly site: SiteOptions;
  readonly journal: string;
  readonly note: (text: string) => void;
}

async function meetFaults(place: Place, most: number): Promise<FaultFigures> {
  const { site, note } = place;
  const figures: FaultFigures = { points: 0, converged: 0, problems: [] };
  const seen: SeenRequest[] = [];
  const clean = await oneRelease(place, 'v-clean', (proxy) => {
    proxy.onRequest = (request) => void seen.push(request);
  });
  if (clean !== null) figures.problems.push(`${site.app} without a fault: ${clean}`);
  const points = seen.flatMap((request) =>
    faults.filter(({ fits }) => fits(request)).map((each) => ({ ...each, request })),
  );
  const step = most > 0 ? Math.max(1, points.length / most) : 1;
  for (let at = 0; at < points.length; at = Math.max(at + 1, Math.round(at + step))) {
    const { name, fault, request, fits } = points[at]!;
    figures.points += 1;
    note(`${site.app}: ${name} at ${request.number}, ${request.method} ${request.path.split('/').slice(-2).join('/')}`);
    let isDone = false;
    // Runs differ by some reads: what was the last request may not come at that number again.
    const shortest = Math.max(1, seen.length - 8);
    const problem = await oneRelease(place, `v-${at}`, (proxy) => {
      proxy.fault = (now) => {
        // The same kind of request, at the same place or soon after: runs differ by a read or two.
        if (isDone || now.number < Math.min(request.number, shortest) || !fits(now)) return null;
        isDone = true;
        return fault;
      };
    });
    const wrong = problem ?? (isDone ? null : 'the fault found no request');
    if (wrong === null) figures.converged += 1;
    else
      figures.problems.push(`${site.app}, ${name} at ${request.number} (${request.method} ${request.path}): ${wrong}`);
  }
  return figures;
}

async function oneRelease(
  { namespace, site, journal }: Place,
  version: string,
  prepare: (proxy: ApiProxy) => void,
): Promise<string | null> {
  const proxy = await startApiProxy(namespace.kubeConfig);
  prepare(proxy);
  // A new process each time: it knows nothing and watches nothing yet.
  const run = openRun(proxy.kubeConfig, site, journal, '2s');
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { end, sentence } = await run.release(version);
        return await wrongEnd(namespace, { site, version }, end, sentence);
      } catch (error) {
        // A start that is refused has touched nothing, and is asked again.
        if (!isBluegreenError(error) || error.reaction === 'permanent' || attempt === 3) return String(error);
      }
    }
  } finally {
    await run.close();
    await proxy.close();
  }
}
