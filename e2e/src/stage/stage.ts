import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type NginxOptions, type NginxTraffic, nginxTraffic } from '@bluegreen/nginx';
import { freePorts, hasNginx, type NginxServer, startNginx } from '../../../packages/nginx/src/nginx-server.fixture.js';
import { type SlotHost, startSlotHost } from './slot-host.js';

/** A private nginx in front of a host with two slots, set up as the documentation says. */
export interface Stage {
  readonly nginx: NginxServer;
  readonly host: SlotHost;
  readonly traffic: NginxTraffic;
  readonly options: NginxOptions;
  /** A directory for journals and logs. */
  readonly directory: string;
  remove(): Promise<void>;
}

/** @throws an error that says what is missing, where nginx is not installed */
export async function startStage(whatItShows: string, version = 'v0'): Promise<Stage> {
  if (!hasNginx(whatItShows)) throw new Error('nginx is needed: apt-get install nginx-light');
  const [blue, green] = (await freePorts(2)) as [number, number];
  const host = await startSlotHost(version, { blue, green });
  const nginx = await startNginx(() => ({ http: [], location: ['return 204;'] }));
  const include = join(nginx.directory, 'include');
  mkdirSync(include, { mode: 0o755 });
  const options: NginxOptions = {
    service: 'web',
    upstreams: { blue: [`127.0.0.1:${blue}`], green: [`127.0.0.1:${green}`] },
    userKey: { cookie: 'uid' },
    stateDirectory: join(nginx.directory, 'state'),
    includeDirectory: include,
    internalListen: `127.0.0.1:${nginx.ports.internal}`,
    // The users of a stage ask short questions; a slot without new ones is empty after this.
    longestRequest: '100ms',
    command: nginx.command,
  };
  const traffic = nginxTraffic(options);
  const { paste } = await traffic.setup({ adopt: 'blue' });
  await nginx.reload(() => ({ http: paste[0]!.lines, location: paste[1]!.lines }));
  const directory = join(nginx.directory, 'journals');
  mkdirSync(directory);
  return {
    nginx,
    host,
    traffic,
    options,
    directory,
    async remove() {
      await nginx.remove();
      await host.close();
      rmSync(nginx.directory, { recursive: true, force: true });
    },
  };
}
