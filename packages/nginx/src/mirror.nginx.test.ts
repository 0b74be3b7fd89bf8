import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerFrom } from './backends.fixture.js';
import { allTo } from './disk.fixture.js';
import { hasNginx, until } from './nginx-server.fixture.js';
import { needsNothing, readCall, type Site, startSite } from './site.fixture.js';

const run = describe.runIf(hasNginx('that requests are copied, and users never notice'));

run('mirror', { timeout: 60_000 }, () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite(() => ({ mirror: true }));
  }, 60_000);
  afterAll(() => site?.remove());

  const users = async (count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => answerFrom(site.nginx.ports.public)));
    expect(answers).toEqual(Array.from({ length: count }, () => ({ status: 200, slot: 'blue' })));
  };
  const send = (method: string, path: string) =>
    new Promise<number>((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: site.nginx.ports.public, path, method, agent: false },
        (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode!));
        },
      );
      sent.on('error', reject);
      sent.end();
    });
  const copies = () => site.backends.copies.green;

  test('copies each request to the candidate, which answers nobody', async () => {
    await site.route(allTo('blue', { mirror: { slot: 'green', percent: 100 } }));
    await users(30);
    await until(() => copies().length === 30, 'thirty copies');
    expect(new Set(copies())).toEqual(new Set(['GET /']));
    expect(site.backends.copies.blue).toEqual([]);
    expect(await site.traffic.observe(readCall())).toMatchObject({
      routing: { target: { mirror: { slot: 'green', percent: 100 } } },
      proof: 'proven',
      drain: { green: { kind: 'bounded', atMostMs: 60_000 } },
    });
  });

  test('copies what changes nothing, with its whole address, and nothing else', async () => {
    const before = copies().length;
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) expect(await send(method, '/orders')).toBe(200);
    expect(await send('GET', '/orders?page=2')).toBe(200);
    await until(() => copies().length > before, 'a copy');
    expect(copies().slice(before)).toEqual(['GET /orders?page=2']);
  });

  test('copies about the share that is asked for', async () => {
    await site.route(allTo('blue', { mirror: { slot: 'green', percent: 25 } }));
    const before = copies().length;
    for (let round = 0; round < 20; round += 1) await users(20);
    // The last one is copied for sure, and after it all others have been.
    await site.route(allTo('blue', { mirror: { slot: 'green', percent: 100 } }));
    await send('GET', '/last');
    await until(() => copies().at(-1) === 'GET /last', 'the last copy');
    const seen = copies().length - before - 1;
    // Six standard deviations of 400 draws at a quarter.
    expect(Math.abs(seen - 100)).toBeLessThan(52);
  });

  test('copies nothing when it is off, and can go to the other slot', async () => {
    await site.route(allTo('blue'));
    const before = copies().length;
    await users(20);
    await site.route(allTo('blue', { mirror: { slot: 'blue', percent: 100 } }));
    await users(1);
    await until(() => site.backends.copies.blue.length === 1, 'a copy for blue');
    expect(copies().length).toBe(before);
  });

  test('says when its markers were edited', async () => {
    await site.route(allTo('blue', { mirror: { slot: 'green', percent: 0.1 } }));
    const mirror = join(site.directories.state, 'current', 'mirror');
    writeFileSync(join(mirror, 'green', '7'), '');
    expect((await site.traffic.observe(readCall())).routing).toMatchObject({
      kind: 'foreign',
      summary: expect.stringContaining('mirror/green also has 7'),
    });
    await site.route(allTo('blue'));
    mkdirSync(join(site.directories.state, 'current', 'mirror'));
    expect((await site.traffic.observe(readCall())).routing.kind).toBe('foreign');
    await site.route(allTo('blue'));
  });

  test('is what a policy may need, where it is set up', async () => {
    const findings = await site.traffic.preflight!({ ...needsNothing, mirror: true }, readCall());
    expect(findings).toEqual([]);
    expect(site.traffic.capabilities.mirror).toBe(true);
  });

  test('a dead candidate is noticed by nobody', async () => {
    const dead = await startSite(() => ({
      mirror: true,
      upstreams: { blue: site.backends.servers.blue, green: ['127.0.0.1:1'] },
    }));
    try {
      await dead.route(allTo('blue', { mirror: { slot: 'green', percent: 100 } }));
      const answers = await Promise.all(Array.from({ length: 20 }, () => answerFrom(dead.nginx.ports.public)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    } finally {
      await dead.remove();
    }
  });
});
