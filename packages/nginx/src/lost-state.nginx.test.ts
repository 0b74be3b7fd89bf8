import { chmodSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerFrom } from './backends.fixture.js';
import { allTo } from './disk.fixture.js';
import { hasNginx } from './nginx-server.fixture.js';
import { readCall, type Site, startSite } from './site.fixture.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('not root, so workers run as this user, NOT SHOWN: that a state they cannot read is found');

describe.runIf(hasNginx('what each loss of state leaves'))('real nginx', { timeout: 60_000 }, () => {
  let site: Site;
  const served = async () => (await answerFrom(site.nginx.ports.public)).slot;
  const observed = async () => (await site.traffic.observe(readCall())).routing;
  beforeEach(async () => {
    site = await startSite();
    await site.route(allTo('green', { fallback: 'green' }));
  }, 60_000);
  afterEach(() => site.remove());

  const losses: readonly [string, string, (site: Site) => void][] = [
    ['`current` is removed', 'nginx/state-lost', ({ directories }) => rmSync(join(directories.state, 'current'))],
    [
      'what `current` points to is removed',
      'nginx/state-lost',
      ({ directories }) => rmSync(join(directories.state, 'r-1-1'), { recursive: true }),
    ],
    [
      'the markers are removed',
      'nginx/state-edited',
      ({ directories }) => rmSync(join(directories.state, 'all'), { recursive: true }),
    ],
    [
      'the whole state directory is gone',
      'nginx/state-missing',
      ({ directories }) => renameSync(directories.state, `${directories.state}.gone`),
    ],
  ];
  const unreadable: typeof losses = [
    [
      'workers may not read the state directory',
      'nginx/state-unreadable',
      ({ directories }) => chmodSync(directories.state, 0o700),
    ],
  ];

  test.each([...losses, ...(isRoot ? unreadable : [])])(
    'S53: the fallback serves, and it is reported, when %s',
    async (_, code, lose) => {
      lose(site);
      expect(await served()).toBe('green');
      expect(await observed()).toMatchObject({ kind: 'foreign', summary: expect.stringContaining(code) });
      await site.nginx.stop();
      await site.nginx.start();
      expect(await served()).toBe('green');
    },
  );

  test('the fallback follows each shift that names another one, without a reload', async () => {
    for (const slot of ['blue', 'green', 'blue'] as const) {
      await site.route(allTo(slot));
      renameSync(join(site.directories.state, 'current'), join(site.directories.state, 'aside'));
      expect(await served()).toBe(slot);
      renameSync(join(site.directories.state, 'aside'), join(site.directories.state, 'current'));
    }
  });

  test('with state and fallback both lost nobody serves, unless a last resort was named', async () => {
    rmSync(site.directories.state, { recursive: true });
    rmSync(site.directories.fallback, { recursive: true });
    expect(await answerFrom(site.nginx.ports.public)).toEqual({ status: 502, slot: null });
    const named = await startSite(() => ({ lastResort: 'blue' }), null);
    expect((await answerFrom(named.nginx.ports.public)).slot).toBe('blue');
    await named.remove();
  });

  test('a restart of nginx changes nothing', async () => {
    const before = await site.traffic.observe(readCall());
    await site.nginx.stop();
    await expect(site.traffic.observe(readCall())).rejects.toMatchObject({
      code: 'nginx/unreachable',
      reaction: 'retry',
    });
    await site.nginx.start();
    const after = await site.traffic.observe(readCall());
    expect(after.routing).toEqual(before.routing);
    expect(after.revision).toBe(before.revision);
    expect(await served()).toBe('green');
  });

  test('setup() after a loss restores what the fallback serves', async () => {
    renameSync(site.directories.state, `${site.directories.state}.gone`);
    expect((await site.traffic.setup()).adopted).toBe('green');
    expect(await observed()).toEqual({ kind: 'split', target: allTo('green') });
    expect(await served()).toBe('green');
  });

  test.runIf(isRoot)('a fallback marker that workers cannot read is found', async () => {
    chmodSync(site.directories.fallback, 0o700);
    expect(await observed()).toMatchObject({ summary: expect.stringContaining('nginx/fallback-unreadable') });
  });
});

describe.runIf(hasNginx('the first deploy'))('first deploy', { timeout: 60_000 }, () => {
  test('S35: unrouted until the first shift, then exactly its target', async () => {
    const site = await startSite(() => ({}), null);
    const before = await site.traffic.observe(readCall());
    expect(before).toMatchObject({
      routing: { kind: 'unrouted' },
      afterRestart: { kind: 'unrouted' },
      proof: 'proven',
    });
    expect(before.fence).toBeUndefined();
    expect(await answerFrom(site.nginx.ports.public)).toEqual({ status: 502, slot: null });
    await site.route(allTo('green'));
    expect(await site.traffic.observe(readCall())).toMatchObject({
      routing: { kind: 'split', target: allTo('green') },
      fence: { epoch: 1, sequence: 1 },
      proof: 'proven',
    });
    expect((await answerFrom(site.nginx.ports.public)).slot).toBe('green');
    await site.remove();
  });
});
