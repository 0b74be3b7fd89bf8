import { describe, expect, test } from 'vitest';
import { trafficCapabilities } from './capabilities.js';
import { documentTraffic } from './document-traffic.js';
import type { Fence } from './fence.js';
import { printRouting, readRouting } from './stored-routing.js';
import { everythingTo } from './target.js';
import type { TrafficCapabilities, TrafficTarget } from './traffic.js';
import { weights } from './weights.js';

/** A document in a variable, and what was asked of it. */
function makeTraffic(given: Partial<TrafficCapabilities> = {}) {
  const place = { text: null as string | null, loads: 0, saves: 0 };
  const traffic = documentTraffic<string>({
    name: 'variable',
    resource: 'variable',
    capabilities: trafficCapabilities({ weightStepPercent: 1, fencing: 'enforced', remembers: ['fallback'], ...given }),
    async load() {
      place.loads += 1;
      return { document: place.text };
    },
    async save(text) {
      place.saves += 1;
      place.text = text;
    },
    read: (text) => (text === null ? 'unrouted' : (readRouting(text) ?? { foreign: 'not ours' })),
    write: (_, stored) => printRouting(stored),
  });
  const write = async (
    target: TrafficTarget,
    fence: Fence,
    revision?: string,
    signal = new AbortController().signal,
  ) => {
    const expected = {
      revision: revision ?? (await traffic.observe({ signal: new AbortController().signal })).revision,
    };
    return traffic.route(target, expected, { fence, signal, idempotencyKey: `${fence.epoch}.${fence.sequence}` }).then(
      () => 'accepted',
      (error) => `${error.code} ${error.reaction}`,
    );
  };
  const observe = () => traffic.observe({ signal: new AbortController().signal });
  return { place, write, observe };
}

const toBlue = everythingTo('blue');
const split = everythingTo('blue', { weights: weights(30) });

// The rest of the contract is held by the conformance suite, over adapters that are made with this.
describe('an adapter over one document', () => {
  test('keeps nothing that it does not remember, and says so in the read', async () => {
    const { write, observe } = makeTraffic();
    await write(everythingTo('blue', { candidate: 'green' }), { epoch: 1, sequence: 1 });
    expect((await observe()).routing).toEqual({ kind: 'split', target: toBlue });
  });

  test.each([
    ['a weight between two steps', everythingTo('blue', { weights: weights(0.5) })],
    ['a cohort', everythingTo('blue', { cohort: { kind: 'sticky' } })],
    [
      'an audience',
      everythingTo('blue', { audiences: [{ name: 'a', slot: 'green', match: { header: 'a', equals: 'b' } }] }),
    ],
    ['a preview address', everythingTo('blue', { preview: 'green' })],
    ['a mirror', everythingTo('blue', { mirror: { slot: 'green', percent: 1 } })],
  ] as const)('refuses %s that is not declared before it asks for anything', async (_, target) => {
    const { write, place } = makeTraffic();
    expect(await write(target, { epoch: 1, sequence: 1 }, '')).toBe('adapter/unsupported permanent');
    expect(place).toMatchObject({ loads: 0, saves: 0 });
  });

  test('S36: an owner is told of a newer one before it is told of a change', async () => {
    const { write } = makeTraffic();
    await write(toBlue, { epoch: 2, sequence: 1 });
    expect(await write(split, { epoch: 1, sequence: 9 }, 'stale')).toBe('adapter/newer-owner fenced');
    expect(await write(split, { epoch: 2, sequence: 1 }, 'stale')).toBe('adapter/sequence-behind recompute');
    expect(await write(split, { epoch: 2, sequence: 2 }, 'stale')).toBe('adapter/revision-changed recompute');
  });

  test('S40: the same write again asks for nothing to be stored', async () => {
    const { write, place } = makeTraffic();
    await write(split, { epoch: 1, sequence: 1 });
    expect(await write(split, { epoch: 1, sequence: 1 }, 'stale')).toBe('accepted');
    expect(place.saves).toBe(1);
  });

  test('without a stamp the revision alone decides', async () => {
    const { write, observe } = makeTraffic({ fencing: 'none' });
    await write(split, { epoch: 9, sequence: 1 });
    expect((await observe()).fence).toBeUndefined();
    expect(await write(toBlue, { epoch: 1, sequence: 1 })).toBe('accepted');
    expect(await write(split, { epoch: 9, sequence: 9 }, 'stale')).toBe('adapter/revision-changed recompute');
  });

  test('two foreign states differ in their revision', async () => {
    const { place, observe } = makeTraffic();
    place.text = 'theirs';
    const first = await observe();
    place.text = 'theirs, changed';
    const second = await observe();
    expect([first.routing.kind, second.routing.kind]).toEqual(['foreign', 'foreign']);
    expect(first.revision).not.toBe(second.revision);
  });

  test('a call that was given up asks for nothing', async () => {
    const { write, place } = makeTraffic();
    expect(await write(split, { epoch: 1, sequence: 1 }, '', AbortSignal.abort())).toBe('adapter/aborted retry');
    expect(place).toMatchObject({ loads: 0, saves: 0 });
  });
});
