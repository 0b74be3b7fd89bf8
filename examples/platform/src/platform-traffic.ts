import {
  documentTraffic,
  httpReply,
  printRouting,
  printStamp,
  readRouting,
  trafficCapabilities,
} from '@bluegreen/contract';

/** How long after a shift the longest request may still be under way; without it, a retirement waits half a minute. */
const requests = { kind: 'bounded', atMostMs: 200 } as const;

/** The routing of one service, kept by the platform. */
export function platformTraffic({ url, service }: { readonly url: string; readonly service: string }) {
  const address = new URL(`/routing/${service}`, url);
  return documentTraffic<string>({
    name: 'platform',
    resource: `platform:routing/${service}`,
    capabilities: trafficCapabilities({
      weightStepPercent: 0.1,
      splitUnit: 'request',
      fencing: 'enforced', // one write, which fails when the document is not as it was loaded
      remembers: ['candidate', 'fallback'],
      cohorts: ['sticky'],
      lateWriteMs: 200,
    }),
    async load({ signal }) {
      const reply = await httpReply('platform', 'GET', () => fetch(address, { signal }), [404]);
      return reply.status === 404 ? { document: null } : { document: reply.body, version: reply.headers.get('etag')! };
    },
    async save(body, version, { idempotencyKey, fence, signal }) {
      const stamps = { 'idempotency-key': idempotencyKey, fence: printStamp(fence) };
      const headers = { ...stamps, 'if-match': version ?? '"undefined"' };
      await httpReply('platform', 'PUT', () => fetch(address, { method: 'PUT', body, headers, signal }));
    },
    read: (document) =>
      document === null ? 'unrouted' : (readRouting(document) ?? { foreign: `${service} is routed by somebody else` }),
    write: (_, stored) => printRouting(stored),
    observe: () => ({ drain: { blue: requests, green: requests } }),
  });
}
