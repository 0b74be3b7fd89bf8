import {
  compareFences,
  type EnvironmentAdapter,
  environmentCapabilities,
  fail,
  httpReply,
  printStamp,
  readStamp,
  type Slot,
} from '@bluegreen/contract';
import { deployTo, type StoredSlot, slotPath } from './slot-document.js';

/** The two slots of one service on the platform. Every write names the version of the slot that it expects. */
export function platformEnvironment({ url, service }: { readonly url: string; readonly service: string }) {
  const load = async (slot: Slot, signal: AbortSignal) => {
    const address = new URL(slotPath(service, slot), url);
    const { body, headers } = await httpReply('platform', 'GET', () => fetch(address, { signal }));
    return { stored: JSON.parse(body) as StoredSlot, expected: headers.get('etag')! };
  };
  const adapter: EnvironmentAdapter = {
    contractVersion: 1,
    name: 'platform',
    resource: `platform:slots/${service}`,
    capabilities: environmentCapabilities({ fencing: 'enforced', lateWriteMs: 200 }),
    async observe(slot, { signal }) {
      const { version, releaseId, stamp } = (await load(slot, signal)).stored;
      const fence = stamp === null ? null : readStamp(stamp);
      const count = version === null ? 0 : 1;
      return {
        version,
        desired: count,
        ready: count,
        ...(releaseId === null ? {} : { releaseId }),
        ...(fence === null ? {} : { fence }),
      };
    },
    async converge({ slot, release }, { fence, idempotencyKey, signal, confirm }) {
      if (release === 'unchanged') return;
      const { stored, expected } = await load(slot, signal);
      const last = stored.stamp === null ? null : readStamp(stored.stamp);
      if (last !== null) {
        if (compareFences(last, fence) === 0) return; // this very write has landed
        if (last.epoch > fence.epoch) throw fail('adapter/newer-owner');
        if (compareFences(last, fence) > 0) throw fail('adapter/sequence-behind');
      }
      await confirm();
      const next = { version: release?.version ?? null, releaseId: release?.id ?? null, stamp: printStamp(fence) };
      await deployTo({ url, service, slot, stored: next, expected, idempotencyKey, signal });
    },
  };
  return adapter;
}
