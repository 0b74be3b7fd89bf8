import { describe, expect, test } from 'vitest';
import { answerFrom } from './backends.fixture.js';
import { allTo, splitTo } from './disk.fixture.js';
import { nginxHosts } from './nginx-hosts.js';
import { hasNginx } from './nginx-server.fixture.js';
import { needsNothing, readCall, type Site, startSite, writeCall } from './site.fixture.js';

const run = describe.runIf(hasNginx('that several hosts are one router'));

run('several hosts', { timeout: 60_000 }, () => {
  const withTwo = async (body: (one: Site, two: Site, both: ReturnType<typeof nginxHosts>) => Promise<void>) => {
    const [one, two] = await Promise.all([startSite(), startSite()]);
    try {
      await body(one, two, nginxHosts({ resource: 'web', hosts: { one: one.traffic, two: two.traffic } }));
    } finally {
      await Promise.all([one.remove(), two.remove()]);
    }
  };
  const servedBy = async (site: Site) => (await answerFrom(site.nginx.ports.public)).slot;

  test('reaches a target when each host confirms it', () =>
    withTwo(async (one, two, both) => {
      const seen = await both.observe(readCall());
      await both.route(allTo('green'), seen, writeCall(1, 1));
      expect([await servedBy(one), await servedBy(two)]).toEqual(['green', 'green']);
      expect(await both.observe(readCall())).toMatchObject({
        routing: { kind: 'split', target: { weights: { green: 100 } } },
        afterRestart: { kind: 'split', target: { weights: { green: 100 } } },
        proof: 'proven',
        fence: { epoch: 1, sequence: 1 },
      });
    }));

  test('says which host is down, counts it as nothing, and goes back on the other one', () =>
    withTwo(async (one, two, both) => {
      const before = await both.observe(readCall());
      await two.nginx.stop();
      await expect(both.observe(readCall())).rejects.toMatchObject({
        code: 'nginx/host-unreachable',
        reaction: 'retry',
        detail: expect.stringContaining('two: '),
      });
      await both.route(splitTo('green', 50), before, writeCall(1, 1));
      expect((await one.traffic.observe(readCall())).fence).toEqual({ epoch: 1, sequence: 1 });
      await expect(both.observe(readCall())).rejects.toMatchObject({ code: 'nginx/host-unreachable' });
      await two.nginx.start();
      expect((await both.observe(readCall())).routing).toMatchObject({ target: { weights: { green: 50 } } });
    }));

  test('shows the host that is behind, and nothing that a restart would change, until all are the same', () =>
    withTwo(async (one, two, both) => {
      const before = await both.observe(readCall());
      // Somebody of this release has written one of them and died.
      await one.traffic.route(allTo('green'), { revision: before.revision.split('|')[0]! }, writeCall(1, 1));
      const between = await both.observe(readCall());
      expect(between).toMatchObject({
        routing: { kind: 'split', target: { weights: { blue: 100 } } },
        afterRestart: { kind: 'foreign', summary: expect.stringContaining('one 0/100, two 100/0') },
        proof: 'accepted',
        fence: { epoch: 0, sequence: 0 },
      });
      expect(between.drain).toBeUndefined();
      await both.route(allTo('green'), between, writeCall(1, 2));
      expect([await servedBy(one), await servedBy(two)]).toEqual(['green', 'green']);
      expect(await both.observe(readCall())).toMatchObject({ proof: 'proven', fence: { epoch: 1, sequence: 2 } });
    }));

  test('writes no host while one of them has changed since it was read', () =>
    withTwo(async (one, two, both) => {
      const before = await both.observe(readCall());
      await two.traffic.route(allTo('blue'), { revision: before.revision.split('|')[1]! }, writeCall(1, 1));
      await expect(both.route(allTo('green'), before, writeCall(1, 2))).rejects.toMatchObject({
        code: 'nginx/revision-changed',
        detail: 'two',
      });
      expect([await servedBy(one), await servedBy(two)]).toEqual(['blue', 'blue']);
    }));

  test('writes the others when one cannot be written, and says that they differ', () =>
    withTwo(async (one, two) => {
      const refusing = { ...two.traffic, route: () => Promise.reject(new Error('its disk is full')) };
      const both = nginxHosts({ resource: 'web', hosts: { one: one.traffic, two: refusing } });
      await expect(both.route(allTo('green'), await both.observe(readCall()), writeCall(1, 1))).rejects.toMatchObject({
        code: 'nginx/hosts-differ',
        reaction: 'read-back',
        detail: 'two: its disk is full',
      });
      expect([await servedBy(one), await servedBy(two)]).toEqual(['green', 'blue']);
    }));

  test('lets a newer owner on one host fence off a write to all', () =>
    withTwo(async (_, two, both) => {
      const before = await both.observe(readCall());
      await two.traffic.route(allTo('blue'), { revision: before.revision.split('|')[1]! }, writeCall(3, 1));
      await expect(both.route(allTo('green'), before, writeCall(2, 1))).rejects.toMatchObject({ reaction: 'fenced' });
    }));

  test('names the host in each finding', () =>
    withTwo(async (_, two, both) => {
      await two.nginx.stop();
      const findings = await both.preflight!(needsNothing, readCall());
      expect(findings.map(({ code, message }) => [code, message.split(':')[0]])).toContainEqual([
        'nginx/unreachable',
        'two',
      ]);
    }));

  test('refuses no host, and one twice', () =>
    withTwo(async ({ traffic }) => {
      expect(() => nginxHosts({ resource: 'web', hosts: {} })).toThrow(/at least one/);
      expect(() => nginxHosts({ resource: 'web', hosts: { a: traffic, b: traffic } })).toThrow(/same adapter/);
    }));
});
