import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeRequest, TrafficBench } from '@bluegreen/conformance';
import type { AudienceMatch } from '@bluegreen/contract';
import { answerFrom } from './backends.fixture.js';
import { nginxHosts } from './nginx-hosts.js';
import { nginxTraffic } from './nginx-traffic.js';
import { startSite } from './site.fixture.js';

/** What a router whose writes are renames on a disk cannot show. */
export const notShownOfNginx = {
  'traffic-lost-reply': 'a write is one rename of this process; it has no reply that could be lost',
};

/** The reply of a reload is not what it is judged by: only what the workers answer is. */
export const notShownByReloads = {
  'traffic-lost-reply': 'the only reply of a reload is the end of a program, and it is not believed',
};

const audiences = {
  header: { name: 'beta', match: { header: 'x-beta', equals: 'yes' } },
  cookie: { name: 'friends', match: { cookie: 'friends', equals: 'yes' } },
  'source-range': { name: 'office', match: { sourceRanges: ['192.0.2.0/24'] } },
} as const;

/** A private nginx as the conformance suite wants a router. */
export async function nginxTrafficBench(mode: 'switch' | 'reload' = 'switch'): Promise<TrafficBench> {
  const site = await startSite(({ preview }) => ({
    mode,
    ...(mode === 'switch' ? { mirror: true } : {}),
    audiences: Object.values(audiences),
    preview: { port: preview },
  }));
  const { nginx, directories, options } = site;
  const neighbours = [nginx.configurationFile, join(directories.include, 'another-team.conf')];
  writeFileSync(neighbours[1]!, '# their own rules\n');
  const include = join(directories.include, 'web.http.conf');
  let users = 0;
  const serve = async ({ user, match }: ProbeRequest) =>
    (await answerFrom(nginx.ports.public, headersOf(user, match))).slot;
  return {
    secrets: [],
    audiences,
    open: () => nginxTraffic(options),
    harness: {
      editBehind: async () => (mode === 'switch' ? editState(directories.state) : editInclude(include)),
      removeBehind: async () => {
        const place = mode === 'switch' ? directories.state : include;
        renameSync(place, `${place}.gone`);
      },
      neighbours: async () => neighbours.map((file) => readFileSync(file, 'utf8')).join('\0'),
      editNeighbour: async () => appendFileSync(neighbours[1]!, '# one more\n'),
      async restartRouter() {
        await nginx.stop();
        await nginx.start();
      },
      async hang() {
        nginx.pause();
        return async () => nginx.resume();
      },
      async disconnect() {
        await nginx.stop();
        return () => nginx.start();
      },
      serve() {
        users += 1;
        return serve({ user: `new-user-${users}` });
      },
      serveUser: serve,
    },
    close: () => site.remove(),
  };
}

/** Two hosts behind one adapter. What others do to a router, and what goes wrong with it, happens to the troubled one alone. */
export async function nginxHostsBench(troubled: 'first' | 'second'): Promise<TrafficBench> {
  const [one, two] = await Promise.all([nginxTrafficBench('switch'), nginxTrafficBench('switch')]);
  const [first, second] = [one.harness!, two.harness!];
  let turn = 0;
  const next = () => {
    turn += 1;
    return turn % 2 === 0 ? first : second;
  };
  return {
    ...two,
    open: () => nginxHosts({ resource: 'hosts', hosts: { one: one.open(), two: two.open() } }),
    harness: {
      ...{ first, second }[troubled],
      neighbours: async () => `${await first.neighbours!()}\0${await second.neighbours!()}`,
      serve: () => next().serve!(),
      serveUser: (probe) => next().serveUser!(probe),
    },
    close: async () => {
      await one.close?.();
      await two.close?.();
    },
  };
}

function editState(directory: string): void {
  const file = join(directory, 'current', 'generation');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"green": [\d.]+/, '"green": 37'));
}

function editInclude(file: string): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace('keepalive 32', 'keepalive 33'));
}

function headersOf(user: string, match: AudienceMatch | undefined): Record<string, string> {
  const cookies = [`uid=${user}`];
  const headers: Record<string, string> = {};
  if (match !== undefined && 'cookie' in match) cookies.push(`${match.cookie}=${match.equals}`);
  if (match !== undefined && 'header' in match) headers[match.header] = match.equals;
  return { ...headers, cookie: cookies.join('; ') };
}
