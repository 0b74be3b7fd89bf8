import { describe, expect, test } from 'vitest';
import type { NginxOptions } from './options.js';
import { renderHttp, renderLocation } from './render.js';
import { readOptions } from './settings.js';

const good: NginxOptions = {
  service: 'web',
  upstreams: { blue: ['127.0.0.1:9101'], green: ['127.0.0.1:9102'] },
  userKey: { cookie: 'uid' },
};

describe('S46: an option that cannot be used is refused with its name', () => {
  test.each<[string, Partial<NginxOptions>]>([
    ['service', { service: 'Web' }],
    ['service', { service: 'a-name-that-is-too-long-by-1' }],
    ['stateDirectory', { stateDirectory: 'relative' }],
    ['stateDirectory', { stateDirectory: '/var/lib/a b' }],
    ['includeDirectory', { includeDirectory: '/etc/$HOME' }],
    ['fallbackDirectory', { fallbackDirectory: '/var/lib/bluegreen/web/fallback' }],
    ['upstreams.blue', { upstreams: { blue: [], green: ['a:1'] } }],
    ['upstreams.green', { upstreams: { blue: ['a:1'], green: ['b:1; }'] } }],
    ['upstreams', { upstreams: { blue: ['a:1'], green: ['a:1'] } }],
    ['upstreams', { upstreams: { blue: 'app', green: 'app' } }],
    ['internalListen', { internalListen: 'localhost:8081' }],
    ['internalListen', { internalListen: '127.0.0.1:0' }],
    ['userKey', { userKey: { cookie: 'session-id' } }],
    ['userKey', { userKey: { header: 'x_user' } }],
    ['preview', { preview: { port: 0 } }],
    ['preview', { preview: { header: 'x-preview', equals: '' } }],
    ['audiences', { audiences: [{ name: 'a b', match: { header: 'x', equals: '1' } }] }],
    ['audiences.a', { audiences: [{ name: 'a', match: { sourceRanges: ['10.0.0.0/33'] } }] }],
    ['audiences.a', { audiences: [{ name: 'a', match: { sourceRanges: ['example.org'] } }] }],
    ['audiences.a', { audiences: [{ name: 'a', match: { header: 'x', equals: 'a\nb' } }] }],
    ['lastResort', { lastResort: 'red' as 'blue' }],
    ['command', { command: [] }],
  ])('%s: %j', (option, wrong) => {
    expect(() => readOptions({ ...good, ...wrong })).toThrow(
      expect.objectContaining({ code: 'nginx/options-invalid', detail: expect.stringContaining(option) }),
    );
  });

  test('the same audience twice, and more than six', () => {
    const match = { header: 'x', equals: '1' };
    const named = (...names: string[]) => ({ ...good, audiences: names.map((name) => ({ name, match })) });
    expect(() => readOptions(named('a', 'a'))).toThrow(expect.objectContaining({ code: 'nginx/options-invalid' }));
    expect(() => readOptions(named(...'abcdefg'))).toThrow(expect.objectContaining({ code: 'nginx/options-invalid' }));
    expect(readOptions(named(...'abcdef')).audiences).toHaveLength(6);
  });
});

test('the fingerprint changes with everything that is rendered, and with nothing else', () => {
  const fingerprint = (more: Partial<NginxOptions>) => readOptions({ ...good, ...more }).fingerprint;
  const plain = fingerprint({});
  expect(fingerprint({ longestRequest: '5m', command: false, now: () => 0 })).toBe(plain);
  expect(fingerprint({ userKey: { header: 'x-user' } })).not.toBe(plain);
  expect(fingerprint({ lastResort: 'blue' })).not.toBe(plain);
  expect(fingerprint({ internalListen: '127.0.0.1:8082' })).not.toBe(plain);
});

test('no value of a request can reach a path: paths hold only variables with closed lists', () => {
  const settings = readOptions({
    ...good,
    audiences: [{ name: 'beta', match: { cookie: 'beta', equals: '../../etc' } }],
  });
  const paths = [...renderLocation(settings).matchAll(/-f (\S+)\)/g)].flatMap(
    (found) => found[1]!.match(/\$\w+/g) ?? [],
  );
  const closed = new Set(['$bluegreen_web_who', '$bluegreen_web_bucket', '$bluegreen_web_reach']);
  expect(paths.length).toBeGreaterThan(0);
  expect(paths.filter((name) => !closed.has(name))).toEqual([]);
  expect(renderHttp(settings)).toContain('"~^\\x2e\\x2e\\x2f\\x2e\\x2e\\x2fetc\\z" "+beta"');
});
