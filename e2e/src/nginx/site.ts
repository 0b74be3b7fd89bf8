import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Slot } from '@bluegreen/contract';
import { type NginxOptions, type NginxTraffic, nginxTraffic } from '@bluegreen/nginx';
import { type NginxServer, startNginx } from '../../../packages/nginx/src/nginx-server.fixture.js';
import { type Backends, startBackends } from './backends.js';

/** A private nginx in front of two services, with the adapter set up as its documentation says. */
export interface Site {
  readonly nginx: NginxServer;
  readonly backends: Backends;
  readonly traffic: NginxTraffic;
  /** What the adapter was made from, for processes that make their own. */
  readonly options: NginxOptions;
  close(): Promise<void>;
}

/** Starts it; everything goes to `adopt`, or to nobody yet. */
export async function startSite(adopt: Slot | null, more: Partial<NginxOptions> = {}): Promise<Site> {
  const backends = await startBackends({ blue: 'v1', green: 'v2' });
  const nginx = await startNginx(() => ({ http: [], location: ['return 204;'] }));
  const include = join(nginx.directory, 'include');
  mkdirSync(include);
  chmodSync(include, 0o755);
  const options: NginxOptions = {
    service: 'web',
    upstreams: backends.upstreams,
    userKey: { cookie: 'uid' },
    stateDirectory: join(nginx.directory, 'state'),
    includeDirectory: include,
    internalListen: `127.0.0.1:${nginx.ports.internal}`,
    command: nginx.command,
    pidFile: join(nginx.directory, 'nginx.pid'),
    ...more,
  };
  const traffic = nginxTraffic(options);
  const { paste } = await traffic.setup(adopt === null ? {} : { adopt });
  const server = paste.slice(2).flatMap(({ lines }) => lines.filter((line) => line.startsWith('include ')));
  await nginx.reload(() => ({ http: paste[0]!.lines, location: paste[1]!.lines, server }));
  return {
    nginx,
    backends,
    traffic,
    options,
    async close() {
      await nginx.remove();
      await backends.close();
    },
  };
}
