// One release, three processes. A CI job asks for it and leaves when a person is needed; a second process approves it; a
// third one drives it to its end. They share nothing but the journal, a directory. Without an argument this runs all three.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startPlatform } from '@bluegreen/example-platform';
import { approve } from './approve.js';
import { ciJob } from './ci-job.js';
import { drive } from './drive.js';
import { readSettings } from './settings.js';

const roles = { 'ci-job': ciJob, approve, drive };
const role = process.argv[2];

if (role === undefined) await everybody();
else if (Object.hasOwn(roles, role)) await roles[role as keyof typeof roles](readSettings(process.env));
else throw new Error(`Usage: main.js [${Object.keys(roles).join(' | ')}]`);

async function everybody(): Promise<void> {
  const platform = await startPlatform({ services: ['web'], version: 'v1', listening: 'web' });
  const directory = mkdtempSync(join(tmpdir(), 'bluegreen-example-'));
  const settings = { JOURNAL: join(directory, 'releases'), PLATFORM: platform.url };
  const slots = { BLUE: platform.urls.blue, GREEN: platform.urls.green };
  const env = { ...process.env, ...settings, ...slots, RELEASE: 'web-v2', VERSION: 'v2' };
  try {
    for (const each of Object.keys(roles)) {
      const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), each], { env });
      console.log(`${each}:\n${stdout.replace(/^(?=.)/gm, '  ')}`);
    }
  } finally {
    await platform.close();
    rmSync(directory, { recursive: true });
  }
}
