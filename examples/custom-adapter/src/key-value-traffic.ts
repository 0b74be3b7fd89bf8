import { documentTraffic, httpReply, printRouting, readRouting, trafficCapabilities } from '@bluegreen/contract';

/** The routing under one key of a store with compare-and-set; your routers watch the key. */
export function keyValueTraffic({ url, key, token }: { url: string; key: string; token: string }) {
  const address = new URL(`/v1/kv/${encodeURIComponent(key)}`, url);
  const headers = { authorization: `Bearer ${token}` };
  return documentTraffic<string>({
    name: 'key-value',
    resource: `key-value:${address.host}/${key}`,
    capabilities: trafficCapabilities({
      weightStepPercent: 0.1,
      splitUnit: 'request',
      fencing: 'enforced', // one write, which fails when the key is not as it was loaded
      remembers: ['candidate', 'fallback'],
      audiences: ['header', 'cookie'],
      cohorts: ['sticky'],
      propagationMs: 200, // the routers poll every 50 ms
      lateWriteMs: 200,
    }),
    async load({ signal }) {
      const {
        status,
        headers: answer,
        body,
      } = await httpReply('store', 'GET', () => fetch(address, { headers, signal }), [404]);
      return status === 404 ? { document: null } : { document: body, version: answer.get('etag')! };
    },
    async save(document, version, { signal }) {
      const condition: Record<string, string> =
        version === undefined ? { 'if-none-match': '*' } : { 'if-match': version };
      const request = { method: 'PUT', body: document, headers: { ...headers, ...condition }, signal };
      await httpReply('store', 'PUT', () => fetch(address, request));
    },
    read: (document) => {
      if (document === null) return 'unrouted';
      return readRouting(document) ?? { foreign: `${key} holds something else` };
    },
    write: (_, stored) => printRouting(stored),
  });
}
