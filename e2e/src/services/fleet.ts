import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Slot } from '@bluegreen/contract';
import { type NginxOptions, nginxTraffic } from '@bluegreen/nginx';
import { hasNginx, startNginx } from '../../../packages/nginx/src/nginx-server.fixture.js';
import { type Backends, startBackends } from '../nginx/backends.js';
import { type Load, startLoad } from '../nginx/load.js';
import { type Control, startControl } from '../stage/control.js';

/** Who calls whom: web calls api, api and search call store, mail stands alone. */
export const dependencies: Readonly<Record<string, readonly string[]>> = {
  store: [],
  api: ['store'],
  search: ['store'],
  web: ['api'],
  mail: [],
};

/** What another process needs to release one of them. */
export interface FleetService {
  readonly nginx: NginxOptions;
  readonly urls: Readonly<Record<Slot, string>>;
  readonly controlUrl: string;
}

/** Five services behind one nginx, each with its own slots, adapter and users who ask all the time. */
export interface Fleet {
  readonly services: Readonly<Record<string, FleetService>>;
  readonly journal: string;
  readonly logs: string;
  readonly users: Readonly<Record<string, Load>>;
  /** The version that a user of each service gets now. */
  served(): Promise<Readonly<Record<string, string>>>;
  /** The versions that answer in the slots of a service, whether users reach them or not. */
  running(name: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** @throws an error that says what is missing, where nginx is not installed */
export async function startFleet(): Promise<Fleet> {
  if (!hasNginx('that five services move together')) throw new Error('nginx is needed: apt-get install nginx-light');
  const nginx = await startNginx(() => ({ http: [], location: ['return 204;'] }));
  const include = join(nginx.directory, 'include');
  mkdirSync(include);
  chmodSync(include, 0o755);
  const members: Record<string, Member> = {};
  for (const name of Object.keys(dependencies)) {
    members[name] = await startMember(name, {
      service: name,
      stateDirectory: join(nginx.directory, 'state', name),
      includeDirectory: include,
      internalListen: `127.0.0.1:${nginx.ports.internal}`,
      command: nginx.command,
      userKey: { cookie: 'uid' },
      longestRequest: '200ms',
    });
  }
  const all = Object.entries(members);
  await nginx.reload(() => ({
    http: all.flatMap(([, { http }]) => http),
    location: all.flatMap(([name, { location }]) => [`location /${name}/ {`, ...location, '}']),
  }));
  const logs = join(nginx.directory, 'logs');
  mkdirSync(logs);
  const loadOf = (name: string) =>
    startLoad({ port: nginx.ports.public, path: `/${name}/`, keepAliveClients: 2, freshClients: 1, pauseMs: 100 });
  const users = Object.fromEntries(all.map(([name]) => [name, loadOf(name)]));
  return {
    services: Object.fromEntries(all.map(([name, { service }]) => [name, service])),
    journal: join(nginx.directory, 'releases'),
    logs,
    users,
    async served() {
      const asked = all.map(async ([name]) => {
        const answer = await fetch(`http://127.0.0.1:${nginx.ports.public}/${name}/`, {
          headers: { connection: 'close' },
        });
        return [name, answer.headers.get('x-version') ?? `status ${answer.status}`];
      });
      return Object.fromEntries(await Promise.all(asked));
    },
    async running(name) {
      const versions = await Promise.all(Object.values(members[name]!.backends.urls).map(versionAt));
      return versions.filter((version) => version !== null);
    },
    async close() {
      await Promise.all(Object.values(users).map((load) => load.stop()));
      for (const { control } of Object.values(members)) await control.close();
      await nginx.remove();
      for (const { backends } of Object.values(members)) await backends.close();
    },
  };
}

/** The version that answers there; `null` when nobody does. */
export async function versionAt(url: string): Promise<string | null> {
  try {
    return (await fetch(url, { headers: { connection: 'close' } })).headers.get('x-version');
  } catch {
    return null;
  }
}

interface Member {
  readonly service: FleetService;
  readonly backends: Backends;
  readonly control: Control;
  readonly http: readonly string[];
  readonly location: readonly string[];
}

async function startMember(name: string, options: Omit<NginxOptions, 'upstreams'>): Promise<Member> {
  const backends = await startBackends({ blue: `${name}-0`, green: `${name}-0` });
  await backends.retire('green');
  const control = await startControl(withDeadVersions(backends), { blue: `${name}-0`, green: null });
  const nginx: NginxOptions = { ...options, upstreams: backends.upstreams };
  const { paste } = await nginxTraffic(nginx).setup({ adopt: 'blue' });
  return {
    service: { nginx, urls: backends.urls, controlUrl: control.url },
    backends,
    control,
    http: paste[0]!.lines,
    location: paste[1]!.lines,
  };
}

/** A version that is deployed and never answers: its slot stays empty. */
function withDeadVersions(backends: Backends): Backends {
  return {
    ...backends,
    deploy: (slot, version) => (version.startsWith('dead') ? backends.retire(slot) : backends.deploy(slot, version)),
  };
}
