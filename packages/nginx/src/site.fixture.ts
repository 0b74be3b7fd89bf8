import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadCall, TrafficNeeds, TrafficTarget, WriteCall } from '@bluegreen/contract';
import { type Backends, startBackends } from './backends.fixture.js';
import { type NginxConfiguration, type NginxPorts, type NginxServer, startNginx } from './nginx-server.fixture.js';
import { type NginxTraffic, nginxTraffic } from './nginx-traffic.js';
import type { NginxOptions } from './options.js';

/** A private nginx, two backends and the adapter between them, pasted together as `setup()` says. */
export interface Site {
  readonly nginx: NginxServer;
  readonly backends: Backends;
  readonly traffic: NginxTraffic;
  readonly options: NginxOptions;
  readonly directories: { readonly state: string; readonly include: string; readonly fallback: string };
  /** Writes with the next sequence and the revision just read. */
  route(target: TrafficTarget): Promise<void>;
  /** What the http block and the location hold; tests that break a set-up start from it. */
  configuration(ports: NginxPorts): NginxConfiguration;
  remove(): Promise<void>;
}

export const needsNothing: TrafficNeeds = {
  audiences: [],
  cohort: 'sticky',
  preview: false,
  mirror: false,
  percents: [100],
};

export function readCall(): ReadCall {
  return { signal: new AbortController().signal };
}

export function writeCall(epoch: number, sequence: number, key = `key-${epoch}-${sequence}`): WriteCall {
  return { ...readCall(), idempotencyKey: key, fence: { epoch, sequence } };
}

/** Starts it all. `give` adds options, knowing the ports; `adopt` fills the state before nginx reads it. */
export async function startSite(
  give: (ports: NginxPorts) => Partial<NginxOptions> = () => ({}),
  adopt: 'blue' | 'green' | null = 'blue',
): Promise<Site> {
  const backends = await startBackends();
  const nginx = await startNginx(() => ({ http: [], location: ['return 204;'] }));
  const directories = {
    state: join(nginx.directory, 'state'),
    include: join(nginx.directory, 'include'),
    fallback: join(nginx.directory, 'include', 'web.fallback'),
  };
  mkdirSync(directories.include, { mode: 0o755 });
  const options: NginxOptions = {
    service: 'web',
    upstreams: backends.servers,
    userKey: { cookie: 'uid' },
    stateDirectory: directories.state,
    includeDirectory: directories.include,
    internalListen: `127.0.0.1:${nginx.ports.internal}`,
    command: nginx.command,
    pidFile: join(nginx.directory, 'nginx.pid'),
    ...give(nginx.ports),
  };
  const traffic = nginxTraffic(options);
  const { paste } = await traffic.setup(adopt === null ? {} : { adopt });
  const inServer = paste.slice(2).flatMap(({ lines }) => lines.filter((line) => line.startsWith('include ')));
  const configuration = () => ({ http: paste[0]!.lines, location: paste[1]!.lines, server: inServer });
  await nginx.reload(configuration);
  let sequence = 0;
  return {
    nginx,
    backends,
    traffic,
    options,
    directories,
    configuration,
    async route(target) {
      const { revision, fence } = await traffic.observe(readCall());
      sequence += 1;
      await traffic.route(target, { revision }, writeCall(Math.max(1, fence?.epoch ?? 0), sequence));
    },
    async remove() {
      await nginx.remove();
      await backends.close();
    },
  };
}
