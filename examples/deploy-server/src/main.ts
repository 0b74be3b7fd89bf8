// A deploy server for fifty services. `pnpm example deploy-server` shows one release through it and ends; with PLATFORM and
// JOURNAL in the environment it serves until it is told to end.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform } from '@bluegreen/example-platform';
import { serve } from './serve.js';
import { names } from './services.js';
import { showOne } from './show-one.js';

const { PLATFORM, JOURNAL, PORT = '0' } = process.env;

if (PLATFORM !== undefined && JOURNAL !== undefined) {
  const { url, close } = await serve({ ...process.env, PLATFORM, JOURNAL, PORT });
  const told = once(process, 'SIGTERM'); // before anybody can know the address
  console.log(url);
  await told;
  await close(); // leaves every release as it is; another server takes them over
} else {
  const platform = await startPlatform({ services: names, version: 'v1' });
  const directory = mkdtempSync(join(tmpdir(), 'bluegreen-example-'));
  const { url, close } = await serve({ PLATFORM: platform.url, JOURNAL: directory, PORT });
  await showOne(url);
  await close();
  await platform.close();
  rmSync(directory, { recursive: true });
}
