import { join } from 'node:path';
import { quietly, run } from './run.mjs';
import { hashFiles, readStamp, writeStamp } from './stamp.mjs';
import { readJson, root, workspacePackages } from './workspace.mjs';

/**
 * Installs what the lockfile says, if any manifest, the lockfile or the platform differs from the last time.
 *
 * @returns {Promise<number>} The exit status of the install; 0 if there was nothing to do.
 */
export async function install() {
  const stampFile = join(root, 'node_modules/.bootstrap');
  const manifests = workspacePackages().map((path) => `${path}/package.json`);
  const inputs = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests];
  const stamp = hashFiles(root, inputs, [process.platform, process.arch, process.versions.modules]);
  if (readStamp(stampFile) === stamp) return 0;

  const { packageManager } = readJson('package.json');
  process.stderr.write(`Installing the dependencies with ${packageManager}. The first time takes about 20 s.\n`);
  // Without a terminal pnpm refuses to replace a node_modules that another version has made.
  const args = ['--yes', packageManager, 'install', '--frozen-lockfile', '--config.confirm-modules-purge=false'];
  const status = await run('npx', args, { cwd: root, stdio: [...quietly], shell: process.platform === 'win32' });
  if (status === 0) writeStamp(stampFile, stamp);
  return status;
}
