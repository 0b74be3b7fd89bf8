import { documentTraffic, everythingTo, httpReply, trafficCapabilities, weights } from '@bluegreen/contract';

interface Flag {
  readonly percent: number | null;
}

/** The share of green as one flag of a service that overwrites: it can't hold a stamp, and is declared so. */
export function flagTraffic({ url, flag, token }: { url: string; flag: string; token: string }) {
  const address = new URL(`/flags/${encodeURIComponent(flag)}`, url);
  const headers = { 'x-api-key': token, 'content-type': 'application/json' };
  return documentTraffic<Flag>({
    name: 'flag',
    resource: `flag:${address.host}/${flag}`,
    capabilities: trafficCapabilities({
      weightStepPercent: 1,
      splitUnit: 'request',
      fencing: 'none', // nowhere to put a stamp
      cohorts: ['sticky'],
      propagationMs: 200,
      lateWriteMs: 200,
    }),
    async load({ signal }) {
      const { status, body } = await httpReply('flags', 'GET', () => fetch(address, { headers, signal }), [404]);
      return { document: status === 404 ? null : (JSON.parse(body) as Flag) };
    },
    async save({ percent }, _, { signal }) {
      // Our field alone: the rest of the flag belongs to others.
      const request = { method: 'PATCH', body: JSON.stringify({ percent }), headers, signal };
      await httpReply('flags', 'PATCH', () => fetch(address, request));
    },
    read(document) {
      if (document === null) return { foreign: `there is no flag ${flag}` };
      if (document.percent === null) return 'unrouted';
      const target = everythingTo('blue', { weights: weights(document.percent), cohort: { kind: 'sticky' } });
      return { target, fence: null };
    },
    write: (document, { target }) => ({ ...document, percent: target.weights.green }),
  });
}
