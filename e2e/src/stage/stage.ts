import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasNginx } from '../../../packages/nginx/src/nginx-server.fixture.js';
import { type Load, startLoad } from '../nginx/load.js';
import { type Site, startSite } from '../nginx/site.js';
import { type Control, startControl } from './control.js';

/** A private nginx in front of two slots, a way to deploy to them from any process, and users who ask all the time. */
export interface Stage extends Site {
  readonly control: Control;
  readonly users: Load;
  /** The journal that all orchestrators of this stage share. */
  readonly journal: string;
  /** A place for logs. */
  readonly logs: string;
}

/** @throws an error that says what is missing, where nginx is not installed */
export async function startStage(whatItShows: string, { mirror = false } = {}): Promise<Stage> {
  if (!hasNginx(whatItShows)) throw new Error('nginx is needed: apt-get install nginx-light');
  // The users of a stage ask short questions; a slot without new ones is empty after this.
  const site = await startSite('blue', { longestRequest: '200ms', mirror });
  const control = await startControl(site.backends, { blue: 'v1', green: null });
  await site.backends.retire('green');
  const logs = join(site.nginx.directory, 'logs');
  mkdirSync(logs);
  const users = startLoad({ port: site.nginx.ports.public, keepAliveClients: 4, freshClients: 2, pauseMs: 5 });
  return {
    ...site,
    control,
    users,
    journal: join(site.nginx.directory, 'releases'),
    logs,
    async close() {
      await users.stop();
      await control.close();
      await site.close();
    },
  };
}
