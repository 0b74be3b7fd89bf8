import { appendFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { answerFrom } from '../backends.fixture.js';
import { allTo, splitTo } from '../disk.fixture.js';
import { hasNginx, until } from '../nginx-server.fixture.js';
import { readOptions } from '../settings.js';
import { needsNothing, readCall, type Site, startSite, writeCall } from '../site.fixture.js';
import { readWorkers } from './workers.js';

const run = describe.runIf(hasNginx('that a shift by reload is proven, or taken back whole'));

run('reload mode', { timeout: 60_000 }, () => {
  let site: Site;
  const start = async (adopt: 'blue' | null = 'blue') => {
    site = await startSite(() => ({ mode: 'reload', longestRequest: '10m' }), adopt);
  };
  afterEach(() => site?.remove());

  const include = () => join(site.directories.include, 'web.http.conf');
  const bytes = () => readFileSync(include());
  const prepared = () => readdirSync(site.directories.include).filter((name) => name.startsWith('.web.http.conf-'));
  const servedBy = async () => (await answerFrom(site.nginx.ports.public)).slot;
  const workers = () => readWorkers(readOptions(site.options));

  test('returns when every worker runs the new configuration, and leaves nothing but its file', async () => {
    await start();
    const before = await workers();
    await site.route(allTo('green', { candidate: 'green' }));
    const after = await workers();
    expect(after.accepting.some(({ key }) => before.accepting.some((old) => old.key === key))).toBe(false);
    const answers = await Promise.all(Array.from({ length: 40 }, servedBy));
    expect(new Set(answers)).toEqual(new Set(['green']));
    expect(await site.traffic.observe(readCall())).toMatchObject({ proof: 'proven', fence: { epoch: 1, sequence: 1 } });
    expect(prepared()).toEqual([]);
  });

  test('routes nobody before the first release', async () => {
    await start(null);
    expect((await site.traffic.observe(readCall())).routing).toEqual({ kind: 'unrouted' });
    expect(await answerFrom(site.nginx.ports.public)).toEqual({ status: 502, slot: null });
    await site.route(allTo('blue'));
    expect(await servedBy()).toBe('blue');
  });

  test('puts its file back, byte for byte, when nginx refuses what else it reads, and reloads nothing', async () => {
    await start();
    const [file, before] = [bytes(), await workers()];
    appendFileSync(site.nginx.configurationFile, 'nonsense;\n');
    await expect(site.route(allTo('green'))).rejects.toMatchObject({
      code: 'nginx/test-failed',
      detail: expect.stringContaining('nonsense'),
    });
    expect(bytes().equals(file)).toBe(true);
    expect((await workers()).accepting.map(({ key }) => key)).toEqual(before.accepting.map(({ key }) => key));
    expect(prepared()).toEqual([]);
    const findings = await site.traffic.preflight!(needsNothing, readCall());
    expect(findings.map(({ code }) => code)).toContain('nginx/test-failed');
  });

  test('puts its file back when the test passes and the running nginx does not follow: a port that is taken', async () => {
    await start();
    const file = bytes();
    const stranger = createServer();
    const port = await new Promise<number>((resolve) =>
      stranger.listen(0, '127.0.0.1', () => resolve((stranger.address() as { port: number }).port)),
    );
    const main = readFileSync(site.nginx.configurationFile, 'utf8');
    writeFileSync(
      site.nginx.configurationFile,
      main.replace('  server {', `  server { listen 127.0.0.1:${port}; }\n  server {`),
    );
    await expect(site.route(allTo('green'))).rejects.toMatchObject({ code: 'nginx/reload-refused' });
    expect(bytes().equals(file)).toBe(true);
    expect(await servedBy()).toBe('blue');
    // With the port free again the next reload works, and what it loads is the previous routing.
    await new Promise((resolve) => stranger.close(resolve));
    await site.route(splitTo('green', 0));
    expect(await servedBy()).toBe('blue');
  });

  test('refuses a file that was cut off, with nginx -t, wherever it was cut', async () => {
    await start();
    const text = bytes().toString();
    const lines = text.split('\n');
    for (const share of [0, 0.2, 0.5, 0.8, 0.98]) {
      const kept = Math.floor((lines.length - 2) * share);
      writeFileSync(include(), lines.slice(0, kept).join('\n'));
      const findings = await site.traffic.preflight!(needsNothing, readCall());
      expect(findings.map(({ code }) => code)).toContain('nginx/test-failed');
      const { routing, afterRestart } = await site.traffic.observe(readCall());
      expect([routing.kind, afterRestart?.kind]).toEqual(['foreign', 'foreign']);
    }
    writeFileSync(include(), text);
    expect((await site.traffic.observe(readCall())).routing.kind).toBe('split');
  });

  test('never signals by a pid file that names somebody else', async () => {
    await start();
    const [file, pidFile] = [bytes(), join(site.nginx.directory, 'nginx.pid')];
    const seen = await site.traffic.observe(readCall());
    const pid = readFileSync(pidFile);
    writeFileSync(pidFile, `${process.pid}\n`);
    const write = site.traffic.route(allTo('green'), seen, writeCall(1, 1));
    await expect(write).rejects.toMatchObject({ code: 'nginx/master-unknown', reaction: 'retry' });
    expect(bytes().equals(file)).toBe(true);
    writeFileSync(pidFile, pid);
  });

  test('waits while the program of nginx is being exchanged', async () => {
    await start();
    const file = bytes();
    writeFileSync(join(site.nginx.directory, 'nginx.pid.oldbin'), '1\n');
    await expect(site.route(allTo('green'))).rejects.toMatchObject({ code: 'nginx/upgrade-pending' });
    expect(bytes().equals(file)).toBe(true);
  });

  test('says what would be loaded after a restart, while that is not what runs', async () => {
    await start();
    const before = bytes();
    await site.route(allTo('green'));
    const after = bytes();
    renameSync(include(), `${include()}.green`);
    writeFileSync(include(), before);
    const { routing, afterRestart, fence } = await site.traffic.observe(readCall());
    expect(routing).toMatchObject({ kind: 'split', target: { weights: { green: 100 } } });
    expect(afterRestart).toMatchObject({ kind: 'split', target: { weights: { blue: 100 } } });
    expect(fence).toEqual({ epoch: 1, sequence: 1 });
    writeFileSync(include(), after);
  });

  test('has drained a slot when no worker of an earlier configuration is left, and says how many are', async () => {
    await start();
    const { port } = { port: site.nginx.ports.public };
    // A request whose body does not end keeps its worker.
    const upload = request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': '10' } });
    upload.on('error', () => undefined);
    upload.write('x');
    await new Promise<void>((resolve) => upload.once('socket', (socket) => socket.once('connect', () => resolve())));
    await answerFrom(port);
    await site.route(allTo('green'));
    const held = await site.traffic.observe(readCall());
    expect(held.drain?.blue).toMatchObject({ kind: 'bounded' });
    const findings = await site.traffic.preflight!(needsNothing, readCall());
    expect(findings.find(({ code }) => code === 'nginx/workers-draining')?.message).toMatch(/1 old workers/);
    upload.destroy();
    await until(async () => (await workers()).draining.length === 0, 'the old worker to end');
    expect((await site.traffic.observe(readCall())).drain?.blue).toEqual({ kind: 'counted', open: 0 });
  });

  test('keeps its routing when its options change, and goes on under the new ones after one reload', async () => {
    await start();
    await site.route(splitTo('green', 30));
    const { nginxTraffic } = await import('../nginx-traffic.js');
    const changed = nginxTraffic({
      ...site.options,
      audiences: [{ name: 'beta', match: { cookie: 'b', equals: '1' } }],
    });
    expect((await changed.observe(readCall())).routing).toMatchObject({ kind: 'foreign' });
    expect((await changed.setup()).written).toEqual([include()]);
    await site.nginx.reload((ports) => site.configuration(ports));
    expect((await changed.observe(readCall())).routing).toMatchObject({ target: { weights: { green: 30 } } });
  });
});
