import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import type { TrafficNeeds } from '@bluegreen/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerFrom } from './backends.fixture.js';
import { allTo, splitTo } from './disk.fixture.js';
import { hasNginx } from './nginx-server.fixture.js';
import { nginxTraffic } from './nginx-traffic.js';
import type { NginxOptions } from './options.js';
import { needsNothing, readCall, type Site, startSite } from './site.fixture.js';

const isRoot = process.getuid?.() === 0;

describe.runIf(hasNginx('that preflight finds every hazard'))(
  'preflight against real nginx',
  { timeout: 60_000 },
  () => {
    let site: Site;
    beforeEach(async () => {
      site = await startSite();
    }, 60_000);
    afterEach(() => site.remove());

    const codes = async (more: Partial<NginxOptions> = {}, needs: Partial<TrafficNeeds> = {}) => {
      const traffic = nginxTraffic({ ...site.options, ...more });
      const findings = await traffic.preflight!({ ...needsNothing, ...needs }, readCall());
      for (const finding of findings) expect(finding.hint).not.toBe('');
      return findings.map(({ severity, code }) => `${severity} ${code.replace('nginx/', '')}`);
    };

    test('finds nothing where everything is right, before and after shifts', async () => {
      expect(await codes()).toEqual([]);
      await site.route(allTo('green'));
      expect(await codes()).toEqual([]);
      const empty = await startSite(() => ({}), null);
      expect(await empty.traffic.preflight!(needsNothing, readCall())).toEqual([]);
      await empty.remove();
    });

    test('both slots with weight', async () => {
      await site.route(splitTo('green', 5));
      expect(await codes()).toEqual(['warn split-at-start']);
    });

    test('what a policy needs and these options lack', async () => {
      const audience = { name: 'beta', match: { header: 'x-beta', equals: '1' } };
      expect(await codes({}, { audiences: [audience] })).toEqual(['refuse audience-undeclared']);
      const other = { audiences: [{ ...audience, match: { header: 'x-beta', equals: '2' } }] };
      expect(await codes(other, { audiences: [audience] })).toContain('refuse audience-undeclared');
      expect(await codes({}, { cohort: 'bound', preview: true, mirror: true })).toEqual([
        'refuse cohort-unsupported',
        'refuse preview-not-configured',
        'refuse mirror-unsupported',
      ]);
    });

    test('state missing, lost, edited; fallback missing', async () => {
      const { state, fallback } = site.directories;
      cpSync(state, `${state}.kept`, { recursive: true, verbatimSymlinks: true });
      rmSync(join(state, 'all/7'));
      expect(await codes()).toContain('refuse state-edited');
      rmSync(join(state, 'current'));
      expect(await codes()).toContain('refuse state-lost');
      rmSync(state, { recursive: true });
      expect(await codes()).toContain('refuse state-missing');
      cpSync(`${state}.kept`, state, { recursive: true, verbatimSymlinks: true });
      expect(await codes()).toEqual([]);
      rmSync(join(fallback, 'current'));
      expect(await codes()).toContain('refuse fallback-missing');
    });

    test.runIf(isRoot)('hazard 1: directories that the workers cannot read', async () => {
      chmodSync(site.directories.state, 0o700);
      expect(await codes()).toEqual(['refuse state-unreadable']);
      chmodSync(site.directories.state, 0o755);
      chmodSync(join(site.directories.state, 'current/generation'), 0o600);
      expect(await codes()).toEqual(['refuse state-unreadable']);
      chmodSync(join(site.directories.state, 'current/generation'), 0o644);
      chmodSync(site.directories.fallback, 0o700);
      expect(await codes()).toEqual(['refuse fallback-unreadable']);
    });

    test('include files missing, edited, from other options, not loaded yet', async () => {
      const { http, location } = {
        http: join(site.directories.include, 'web.http.conf'),
        location: join(site.directories.include, 'web.location.conf'),
      };
      const good = readFileSync(location, 'utf8');
      appendFileSync(location, '# a note\n');
      expect(await codes()).toEqual(['refuse include-edited']);
      expect((await site.traffic.observe(readCall())).afterRestart).toMatchObject({
        kind: 'foreign',
        summary: expect.stringContaining('nginx/include-edited'),
      });
      rmSync(location);
      expect(await codes()).toEqual(['refuse include-missing', 'warn configuration-unreadable']);
      writeFileSync(location, good);
      const changed = { userKey: { header: 'x-user' } } as const;
      expect(await codes(changed)).toEqual([
        'refuse include-outdated',
        'refuse include-outdated',
        'refuse not-reloaded',
      ]);
      await nginxTraffic({ ...site.options, ...changed }).setup();
      expect(await codes(changed)).toEqual(['refuse not-reloaded']);
      await site.nginx.reload(site.configuration);
      expect(await codes(changed)).toEqual([]);
      expect(readFileSync(http, 'utf8')).toContain('$http_x_user');
    });

    test('hazard 4: an edited include that lost its protections lets nginx answer late', async () => {
      const location = join(site.directories.include, 'web.location.conf');
      const text = readFileSync(location, 'utf8');
      writeFileSync(location, text.replace('open_file_cache off;\n', '').replace('disable_symlinks off;\n', ''));
      await site.nginx.reload((ports) => ({
        ...site.configuration(ports),
        http: [
          'open_file_cache max=5000 inactive=60s;',
          'open_file_cache_valid 60s;',
          'open_file_cache_errors on;',
          ...site.configuration(ports).http,
        ],
      }));
      expect(await codes()).toEqual(['refuse include-edited', 'refuse file-cache-on', 'refuse symlinks-disabled']);
      const port = site.nginx.ports.public;
      for (let request = 0; request < 20; request += 1) expect((await answerFrom(port)).slot).toBe('blue');
      await site.route(allTo('green'));
      const late = await Promise.all(Array.from({ length: 20 }, () => answerFrom(port)));
      expect(late.some(({ slot }) => slot === 'blue')).toBe(true);
      writeFileSync(location, text);
      await site.nginx.reload((ports) => ({
        ...site.configuration(ports),
        http: [
          'open_file_cache max=5000 inactive=60s;',
          'open_file_cache_valid 60s;',
          'open_file_cache_errors on;',
          'disable_symlinks on;',
          ...site.configuration(ports).http,
        ],
      }));
      expect(await codes()).toEqual([]);
      for (const slot of ['blue', 'green'] as const) {
        await site.route(allTo(slot));
        const now = await Promise.all(Array.from({ length: 20 }, () => answerFrom(port)));
        expect(now.every((answer) => answer.slot === slot)).toBe(true);
      }
    });

    test('nginx does not run our configuration, or sends nobody by it', async () => {
      await site.nginx.reload((ports) => ({ ...site.configuration(ports), location: ['return 204;'] }));
      expect(await codes()).toEqual(['refuse pool-unused']);
      await site.nginx.reload((ports) => {
        const { http, location } = site.configuration(ports);
        return { http, location: [...location, 'try_files $uri =404;'] };
      });
      expect(await codes()).toEqual(['refuse try-files-ignored']);
      expect((await answerFrom(site.nginx.ports.public)).slot).toBe('blue');
      await site.nginx.reload(({ internal }) => ({
        http: [`server { listen 127.0.0.1:${internal}; }`],
        location: ['return 204;'],
      }));
      expect(await codes()).toEqual(['refuse include-not-loaded', 'refuse pool-unused']);
      expect((await site.traffic.observe(readCall())).routing).toMatchObject({ kind: 'foreign' });
      await site.nginx.stop();
      expect(await codes()).toEqual(['refuse unreachable', 'refuse pool-unused']);
    });

    test('an upstream of the user that is not declared', async () => {
      const named = { upstreams: { blue: 'app_blue', green: 'app_green' } } as const;
      await nginxTraffic({ ...site.options, ...named }).setup();
      const declared = (name: string, slot: 'blue' | 'green') =>
        `upstream ${name} { server ${site.backends.servers[slot][0]}; }`;
      await site.nginx.reload((ports) => {
        const { http, location } = site.configuration(ports);
        return { http: [declared('app_blue', 'blue'), ...http], location };
      });
      expect(await codes(named)).toEqual(['refuse upstream-undeclared']);
      await site.nginx.reload((ports) => {
        const { http, location } = site.configuration(ports);
        return { http: [declared('app_blue', 'blue'), declared('app_green', 'green'), ...http], location };
      });
      expect(await codes(named)).toEqual([]);
      expect((await answerFrom(site.nginx.ports.public)).slot).toBe('blue');
    });

    test('nginx reads another generation, or decides otherwise than the files on disk say', async () => {
      const relay = createServer((asked, answer) => {
        if (asked.url === '/generation') return answer.end('{"generation":"of yesterday"}');
        request({ port: site.nginx.ports.internal, path: asked.url!, headers: asked.headers, agent: false }, (real) =>
          real.pipe(answer.writeHead(real.statusCode!)),
        ).end();
      });
      await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
      const { port } = relay.address() as { port: number };
      const relayed = { internalListen: `127.0.0.1:${port}` };
      // The fingerprint holds the address of the listener, so nginx must have been set up with the relay's.
      expect(await codes(relayed)).toContain('refuse not-reloaded');
      const text = readFileSync(join(site.directories.include, 'web.http.conf'), 'utf8');
      await nginxTraffic({ ...site.options, ...relayed }).setup();
      const rendered = readFileSync(join(site.directories.include, 'web.http.conf'), 'utf8');
      const loaded = join(site.nginx.directory, 'loaded.conf');
      writeFileSync(
        loaded,
        rendered.replace(`listen 127.0.0.1:${port};`, `listen 127.0.0.1:${site.nginx.ports.internal};`),
      );
      await site.nginx.reload((ports) => ({ ...site.configuration(ports), http: [`include ${loaded};`] }));
      expect(await codes(relayed)).toEqual(['refuse generation-mismatch']);
      relay.close();
      writeFileSync(join(site.directories.include, 'web.http.conf'), text);

      const location = join(site.directories.include, 'web.location.conf');
      await site.traffic.setup();
      const right = readFileSync(location, 'utf8');
      const swapped = right.replace(
        /(current\/(?:blue|green)\/.*pool bluegreen_web_)(blue|green)/g,
        (_, start, slot) => start + (slot === 'blue' ? 'green' : 'blue'),
      );
      writeFileSync(location, swapped);
      await site.nginx.reload(site.configuration);
      writeFileSync(location, right);
      expect(await codes()).toEqual(['refuse decision-mismatch']);
      expect((await site.traffic.observe(readCall())).routing).toMatchObject({
        kind: 'foreign',
        summary: expect.stringContaining('nginx/decision-mismatch'),
      });
    });

    test('a listener for everybody, a program that cannot be started, a check that was turned off', async () => {
      const open = { internalListen: `0.0.0.0:${site.nginx.ports.internal}` };
      expect(await codes(open)).toContain('warn listener-public');
      expect(await codes({ command: ['/nowhere/nginx'] })).toEqual(['warn configuration-unreadable']);
      expect(await codes({ command: false })).toEqual([]);
    });

    test.runIf(existsSync('/dev/shm'))('a state in memory, and one over two file systems', async () => {
      const memory = mkdtempSync('/dev/shm/bluegreen-');
      try {
        const all = join(site.directories.state, 'all');
        cpSync(all, join(memory, 'all'), { recursive: true });
        rmSync(all, { recursive: true });
        symlinkSync(join(memory, 'all'), all);
        chmodSync(memory, 0o755);
        expect(await codes()).toEqual(['refuse across-mounts']);
        expect(await codes({ stateDirectory: join(memory, 'web') })).toContain('refuse state-missing');
        await nginxTraffic({ ...site.options, stateDirectory: join(memory, 'web') }).setup();
        expect(await codes({ stateDirectory: join(memory, 'web') })).toContain('warn state-volatile');
      } finally {
        rmSync(memory, { recursive: true });
      }
    });
  },
);
