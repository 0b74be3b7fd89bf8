import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, hashFiles, readStamp, writeStamp } from '../../../scripts/stamp.mjs';
import { workspacePackages } from '../../../scripts/workspace.mjs';
import { repositoryRoot } from './repository-root.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scripts-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('stamps', () => {
  it('change with a name, a content, a missing file and what else is given', () => {
    writeFileSync(join(folder, 'a'), 'one');
    const before = hashFiles(folder, ['a', 'b'], ['x']);
    expect(hashFiles(folder, ['a', 'b'], ['x'])).toBe(before);
    expect(hashFiles(folder, ['a', 'b'], ['y'])).not.toBe(before);
    expect(hashFiles(folder, ['a', 'c'], ['x'])).not.toBe(before);
    writeFileSync(join(folder, 'b'), '');
    const withFile = hashFiles(folder, ['a', 'b'], ['x']);
    expect(withFile).not.toBe(before);
    writeFileSync(join(folder, 'b'), 'two');
    expect(hashFiles(folder, ['a', 'b'], ['x'])).not.toBe(withFile);
  });

  it('are read as they were written, and empty when nobody wrote them', () => {
    const file = join(folder, 'deep', 'stamp');
    expect(readStamp(file)).toBe('');
    writeStamp(file, 'abc');
    expect(readStamp(file)).toBe('abc');
    expect(filesBelow(folder, 'deep')).toEqual([join('deep', 'stamp')]);
  });
});

describe('the workspace', () => {
  it('is what pnpm-workspace.yaml says, as far as it has a manifest', () => {
    const root = join(folder, 'workspace');
    for (const path of ['packages/b', 'packages/a', 'packages/empty', 'e2e'])
      mkdirSync(join(root, path), { recursive: true });
    for (const path of ['packages/b', 'packages/a', 'e2e']) writeFileSync(join(root, path, 'package.json'), '{}');
    writeFileSync(
      join(root, 'pnpm-workspace.yaml'),
      'packages:\n  - packages/*\n  - examples/*\n  - e2e\nother:\n  - packages/empty\n',
    );
    expect(workspacePackages(root)).toEqual(['e2e', 'packages/a', 'packages/b']);
  });
});

describe('running a program', { timeout: 60_000 }, () => {
  const program = (...args: string[]) => {
    const file = join(folder, 'run.mjs');
    const run = pathToFileURL(join(repositoryRoot, 'scripts/run.mjs')).href;
    writeFileSync(
      file,
      `import { runNode } from ${JSON.stringify(run)};\nprocess.exitCode = await runNode('-e', process.argv.slice(2));\n`,
    );
    return [file, ...args];
  };

  it('passes its arguments, its output and its exit status on', () => {
    const args = program('console.log(process.argv.slice(1).join()); process.exit(7)', 'a b', '--json');
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 7, stdout: 'a b,--json\n' });
  });

  it('answers 128 and the number when a signal ended it', () => {
    const { status } = spawnSync(
      process.execPath,
      program("process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 9)"),
    );
    expect(status).toBe(143);
  });

  it('passes a signal on and waits for the end', async () => {
    const text = "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 9); console.log('ready')";
    const child = spawn(process.execPath, program(text), { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const status = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    expect(await status).toBe(5);
  });
});

describe('dev.mjs', { timeout: 60_000 }, () => {
  const dev = (...args: string[]) =>
    spawnSync(process.execPath, [join(repositoryRoot, 'scripts/dev.mjs'), ...args], { encoding: 'utf8' });

  it('refuses an unknown command and an unknown program, naming those that exist, with nothing on stdout', () => {
    expect(dev('tset')).toMatchObject({ status: 2, stdout: '' });
    const { status, stdout, stderr } = dev('e2e', 'nowhere', '--json');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('There is no e2e/src/nowhere.ts.');
    expect(stderr).toContain('e2e/src/packed.ts');
  });
});
