import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allTo, type Disk, listing, makeDisk, routeOn, splitTo } from './disk.fixture.js';
import { nginxTraffic } from './nginx-traffic.js';
import { readOptions } from './settings.js';
import { setUp } from './setup.js';
import { readState } from './state.js';

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk('blue');
});
afterEach(() => disk.remove());

describe('setup', { timeout: 60_000 }, () => {
  test('says which lines to paste where', async () => {
    const { paste, written, adopted } = await nginxTraffic({ ...disk.options, preview: { port: 8090 } }).setup();
    const { http, location } = disk.settings.includeFiles;
    expect(paste.map(({ lines }) => lines)).toEqual([
      [`include ${http};`],
      [
        `include ${location};`,
        'proxy_pass http://$bluegreen_web_pool;',
        'proxy_http_version 1.1;',
        'proxy_set_header Host $host;',
        'proxy_set_header Connection "";',
      ],
      ['listen 127.0.0.1:8090;'],
    ]);
    expect(written).toEqual([http, location]);
    expect(adopted).toBeNull();
  });

  test('a second time changes nothing', async () => {
    const before = listing(disk.settings.stateDirectory);
    const { written, adopted } = await setUp(disk.settings, 'green');
    expect({ written, adopted }).toEqual({ written: [], adopted: null });
    expect(listing(disk.settings.stateDirectory)).toEqual(before);
    expect((await readState(disk.settings)).routing).toEqual({ kind: 'split', target: allTo('blue') });
  });

  test('S34: an include file that was edited, or that is not ours, is refused and kept; nothing else is written', async () => {
    const { http, location } = disk.settings.includeFiles;
    const edited = readFileSync(location, 'utf8').replace('open_file_cache off;', '');
    for (const [path, text] of [
      [location, edited],
      [http, 'upstream somebody { server 127.0.0.1:1; }\n'],
    ] as const) {
      const good = readFileSync(path, 'utf8');
      writeFileSync(path, text);
      const changed = readOptions({ ...disk.options, userKey: { header: 'x-user' } });
      await expect(setUp(changed, null)).rejects.toMatchObject({ code: 'nginx/include-edited', detail: path });
      expect(readFileSync(path, 'utf8')).toBe(text);
      writeFileSync(path, good);
    }
  });

  test('whatever the umask, workers of another user can read what it made', async () => {
    const before = process.umask(0o077);
    try {
      const shy = await makeDisk('blue');
      await routeOn(shy.settings, splitTo('green', 50), 1, 1);
      const { stateDirectory, fallbackDirectory } = shy.settings;
      const readable = (path: string) => statSync(path).mode & 0o777;
      for (const path of ['', 'all', 'nobody', 'r-1-1', 'r-1-1/green', 'r-1-1/green/everyone']) {
        expect(readable(join(stateDirectory, path))).toBe(0o755);
      }
      expect(readable(join(fallbackDirectory, 'current'))).toBe(0o755);
      for (const path of ['setup', 'mark', 'current/generation']) {
        expect(readable(join(stateDirectory, path))).toBe(0o644);
      }
      expect(readable(shy.settings.includeFiles.http)).toBe(0o644);
      shy.remove();
    } finally {
      process.umask(before);
    }
  });

  test('an audience that is declared later is in the state before nginx can come to its name', async () => {
    await routeOn(disk.settings, splitTo('green', 50), 1, 1);
    const audiences = [{ name: 'beta', match: { header: 'x-beta', equals: '1' } }];
    const more = readOptions({ ...disk.options, audiences });
    expect((await readState(more)).routing).toMatchObject({
      kind: 'foreign',
      summary: expect.stringContaining('+beta'),
    });
    await setUp(more, null);
    expect((await readState(more)).routing).toEqual({ kind: 'split', target: splitTo('green', 50) });
  });
});

describe('S53: a state that was lost', { timeout: 60_000 }, () => {
  test('is told from one that never was, and rebuilt from the fallback marker with its stamp', async () => {
    await routeOn(disk.settings, allTo('green', { fallback: 'green' }), 7, 3);
    rmSync(disk.settings.stateDirectory, { recursive: true });
    expect((await readState(disk.settings)).routing).toMatchObject({ code: 'nginx/state-missing' });
    expect((await setUp(disk.settings, null)).adopted).toBe('green');
    const { routing, generation } = await readState(disk.settings);
    expect(routing).toEqual({ kind: 'split', target: allTo('green') });
    expect(generation?.fence).toEqual({ epoch: 7, sequence: 3 });
    await expect(routeOn(disk.settings, allTo('blue'), 6, 1)).rejects.toMatchObject({ reaction: 'fenced' });
  });

  test.each([
    ['the link', 'current'],
    ['the directory behind it', 'r-1-1'],
  ])('also when only %s is gone', async (_, name) => {
    await routeOn(disk.settings, allTo('green', { fallback: 'green' }), 1, 1);
    rmSync(join(disk.settings.stateDirectory, name), { recursive: true });
    expect((await readState(disk.settings)).routing).toMatchObject({ kind: 'foreign', code: 'nginx/state-lost' });
    expect((await setUp(disk.settings, null)).adopted).toBe('green');
    expect((await readState(disk.settings)).routing).toEqual({ kind: 'split', target: allTo('green') });
  });

  test('never adopts the slot that was asked for over the one that serves', async () => {
    rmSync(join(disk.settings.stateDirectory, 'current'));
    expect((await setUp(disk.settings, 'green')).adopted).toBe('blue');
  });
});

describe('S33: every edit of the state is foreign and changes the revision', { timeout: 60_000 }, () => {
  const edits: readonly [string, (state: string, fallback: string) => void][] = [
    ['a marker removed', (state) => rmSync(join(state, 'current/green/everyone/3'))],
    ['a marker added', (state) => writeFileSync(join(state, 'current/blue/everyone/3'), '')],
    ['a side removed', (state) => rmSync(join(state, 'current/green'), { recursive: true })],
    ['a shared marker removed', (state) => rmSync(join(state, 'all/500'))],
    ['a marker for nobody', (state) => writeFileSync(join(state, 'nobody/500'), '')],
    ['the preview removed', (state) => rmSync(join(state, 'current/blue/preview'))],
    ['dice thrown', (state) => writeFileSync(join(state, 'current/per-request'), '')],
    [
      'the target rewritten',
      (state) => {
        const file = join(state, 'current/generation');
        writeFileSync(file, readFileSync(file, 'utf8').replace('"blue": 50', '"blue": 40'));
      },
    ],
    ['the generation emptied', (state) => writeFileSync(join(state, 'current/generation'), '')],
    ['the fallback marker removed', (_, fallback) => rmSync(join(fallback, 'current/blue-everyone'))],
    ['a second fallback marker', (_, fallback) => writeFileSync(join(fallback, 'current/green-everyone'), '')],
    [
      'the link replaced by a directory',
      (state) => {
        rmSync(join(state, 'current'));
        mkdirSync(join(state, 'current'));
      },
    ],
  ];

  test.each(edits)('%s', async (_, edit) => {
    await routeOn(disk.settings, splitTo('green', 50), 1, 1);
    const before = await readState(disk.settings);
    edit(disk.settings.stateDirectory, disk.settings.fallbackDirectory);
    const after = await readState(disk.settings);
    expect(after.routing.kind).toBe('foreign');
    expect(after.revision).not.toBe(before.revision);
  });

  test('a missing fallback marker is not foreign: the target says that nobody would serve', async () => {
    rmSync(join(disk.settings.fallbackDirectory, 'current'));
    expect((await readState(disk.settings)).routing).toEqual({
      kind: 'split',
      target: allTo('blue', { fallback: null }),
    });
  });
});
