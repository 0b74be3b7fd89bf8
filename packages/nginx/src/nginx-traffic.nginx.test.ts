import { everythingTo, weights } from '@bluegreen/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerFrom } from './backends.fixture.js';
import { hasNginx } from './nginx-server.fixture.js';
import { readCall, type Site, startSite } from './site.fixture.js';

describe.runIf(hasNginx('routing through a real nginx'))('real nginx', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite(() => ({}));
  });
  afterAll(() => site?.remove());

  test('adopts', async () => {
    const seen = await site.traffic.observe(readCall());
    expect(seen).toMatchObject({
      routing: { kind: 'split', target: everythingTo('blue', { cohort: { kind: 'sticky' } }) },
      proof: 'proven',
    });
    expect(await answerFrom(site.nginx.ports.public)).toEqual({ status: 200, slot: 'blue' });
    const target = everythingTo('blue', { weights: weights(30), candidate: 'green', cohort: { kind: 'sticky' } });
    const t = performance.now();
    await site.route(target);
    console.log('route', performance.now() - t);
    const t2 = performance.now();
    const again = await site.traffic.observe(readCall());
    console.log('observe', performance.now() - t2);
    expect(again).toMatchObject({ routing: { kind: 'split', target }, proof: 'proven' });
  });
});
