import { Agent } from 'node:http';
import { normaliseTarget, type Slot, type TrafficTarget, weightsOf } from '@bluegreen/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerFrom } from './backends.fixture.js';
import { allTo, splitTo } from './disk.fixture.js';
import { hasNginx } from './nginx-server.fixture.js';
import type { NginxUser } from './options.js';
import { readCall, type Site, startSite } from './site.fixture.js';

const audiences = [
  { name: 'beta', match: { cookie: 'beta', equals: 'Yes.*' } },
  { name: 'internal', match: { header: 'x-internal', equals: '1' } },
  { name: 'office', match: { sourceRanges: ['127.0.0.2/32', '203.0.113.0/24'] } },
];

describe.runIf(hasNginx('that real nginx sends every user where whichSlot says')).each(['switch', 'reload'] as const)(
  'real nginx in %s mode',
  { timeout: 120_000 },
  (mode) => {
    let site: Site;
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    beforeAll(async () => {
      site = await startSite((ports) => ({ mode, audiences, preview: { port: ports.preview } }));
    }, 60_000);
    afterAll(async () => {
      agent.destroy();
      await site?.remove();
    });

    const slotOf = async (user: NginxUser, port = site.nginx.ports.public) => {
      const cookie = Object.entries(user.cookies ?? {}).map(([name, value]) => `${name}=${value}`);
      const headers = { ...user.headers, ...(cookie.length === 0 ? {} : { cookie: cookie.join('; ') }) };
      return (await answerFrom(port, headers, agent)).slot;
    };
    const mismatches = async (users: readonly NginxUser[], target: TrafficTarget) => {
      await site.route(target);
      let wrong = 0;
      for (let start = 0; start < users.length; start += 16) {
        const some = users.slice(start, start + 16);
        const slots = await Promise.all(some.map((user) => slotOf(user)));
        wrong += some.filter(
          (user, at) => slots[at] !== site.traffic.whichSlot({ address: '127.0.0.1', ...user }, target),
        ).length;
      }
      return wrong;
    };

    test('S9, S55: predicts 2,100 users at several weights, for both candidates and both cohorts', async () => {
      const known = Array.from({ length: 1_900 }, (_, user) => ({ cookies: { uid: `user-${user}` } }));
      const unicode = Array.from({ length: 100 }, (_, user) => ({
        cookies: { uid: `id%20${user}/=${'x'.repeat(user)}` },
      }));
      const anonymous = Array.from({ length: 100 }, (_, user) => ({ headers: { 'user-agent': `browser ${user}` } }));
      const users = [...known, ...unicode, ...anonymous];
      const redrawn = { cohort: { kind: 'redrawn' as const, salt: 'release-7' } };
      expect(await mismatches(users, splitTo('green', 0.1))).toBe(0);
      expect(await mismatches(users, splitTo('green', 5))).toBe(0);
      expect(await mismatches(users, splitTo('green', 37.4))).toBe(0);
      expect(await mismatches(users, splitTo('green', 50, redrawn))).toBe(0);
      expect(await mismatches(users, splitTo('blue', 37.4))).toBe(0);
      expect(await mismatches(users, splitTo('blue', 10, redrawn))).toBe(0);
      expect(await mismatches(users, allTo('green'))).toBe(0);
    });

    test('audiences are recognised exactly, and turned on and off without a reload', async () => {
      const on = (...names: string[]) =>
        allTo('blue', {
          audiences: audiences
            .filter(({ name }) => names.includes(name))
            .map((each) => ({ ...each, slot: 'green' as Slot })),
        });
      const users: NginxUser[] = [
        {},
        { headers: { 'x-internal': '1' } },
        { headers: { 'X-Internal': '1', 'x-other': '1' } },
        { headers: { 'x-internal': '11' } },
        { headers: { 'x-internal': '../../x' } },
        { cookies: { beta: 'Yes.*' } },
        { cookies: { beta: 'yes.*' } },
        { cookies: { beta: 'Yes..' } },
        { cookies: { beta: 'Yes.*', uid: '7' }, headers: { 'x-internal': '1' } },
      ];
      expect(await mismatches(users, on())).toBe(0);
      expect(await mismatches(users, on('internal'))).toBe(0);
      expect(await slotOf(users[1]!)).toBe('green');
      expect(await mismatches(users, on('beta', 'internal'))).toBe(0);
      expect(await slotOf(users[5]!)).toBe('green');
      expect(await mismatches(users, on('beta'))).toBe(0);
      expect(await slotOf(users[1]!)).toBe('blue');
      expect(await mismatches(users, { ...on('beta'), weights: weightsOf('green', 100) })).toBe(0);
    });

    test('an audience by source range is recognised by the address that nginx sees', async () => {
      const office = { ...audiences[2]!, slot: 'green' as const };
      await site.route(allTo('blue', { audiences: [office] }));
      const from = async (localAddress: string) =>
        (await answerFrom(site.nginx.ports.public, {}, undefined, localAddress)).slot;
      expect(await from('127.0.0.2')).toBe('green');
      expect(await from('127.0.0.3')).toBe('blue');
    });

    test('S54: gives each part of the target back, proven by the running workers', async () => {
      const given = splitTo('green', 12.3, {
        audiences: audiences.map((each) => ({ ...each, slot: 'green' as const })),
        preview: 'green',
        fallback: 'green',
      });
      const target = normaliseTarget(given, site.traffic.capabilities);
      await site.route(target);
      expect(await site.traffic.observe(readCall())).toMatchObject({
        routing: { kind: 'split', target },
        afterRestart: { kind: 'split', target },
        proof: 'proven',
      });
    });

    test('S7: the preview address reaches its slot, and nobody when it is off', async () => {
      await site.route(allTo('blue', { preview: 'green' }));
      expect(await slotOf({}, site.nginx.ports.preview)).toBe('green');
      expect(await slotOf({}, site.nginx.ports.public)).toBe('blue');
      await site.route(allTo('blue'));
      expect(await answerFrom(site.nginx.ports.preview)).toEqual({ status: 502, slot: null });
    });

    test('per-request: the same user meets both slots, near the commanded share', async () => {
      await site.route(splitTo('green', 50, { cohort: { kind: 'per-request' } }));
      let green = 0;
      for (let request = 0; request < 1_000; request += 1)
        green += (await slotOf({ cookies: { uid: '7' } })) === 'green' ? 1 : 0;
      // One standard deviation is 15.8; six of them are missed once in 500 million runs.
      expect(Math.abs(green - 500)).toBeLessThan(95);
      expect((await site.traffic.observe(readCall())).proof).toBe('proven');
    });
  },
);
