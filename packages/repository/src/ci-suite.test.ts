import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSuite } from '../../../scripts/suite.mjs';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-suite-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function suiteOf(program: string, changes: { limitMs?: number; report?: string } = {}) {
  const command = [process.execPath, '-e', program];
  return runSuite({ name: 'planted', limitMs: 30_000, command, ...changes }, { log: join(folder, 'log'), cwd: folder });
}

describe('a suite of continuous integration', { timeout: 60_000 }, () => {
  it('counts what its last line says', async () => {
    const counted = await suiteOf(
      "console.log('text'); console.log(JSON.stringify({ passed: 7, failed: 0, more: [] }))",
    );
    expect(counted).toEqual({ passed: 7, failed: 0, ending: 'exit 0' });
    expect(readFileSync(join(folder, 'log'), 'utf8')).toMatch(/^text\n/);
  });

  it('counts as one when it says nothing', async () => {
    expect(await suiteOf("console.log('hello')")).toMatchObject({ passed: 1, failed: 0 });
    expect(await suiteOf('process.exit(3)')).toEqual({ passed: 0, failed: 1, ending: 'exit 3' });
    expect(await suiteOf("console.log(JSON.stringify({ failed: ['a'] }))")).toMatchObject({ passed: 1, failed: 0 });
  });

  it('has failed when it ends badly, whatever it says', async () => {
    const program = 'console.log(JSON.stringify({ passed: 7, failed: 0 })); process.exitCode = 1;';
    expect(await suiteOf(program)).toEqual({ passed: 7, failed: 1, ending: 'exit 1' });
  });

  it('has failed when it cannot be started', async () => {
    const missing = { name: 'missing', limitMs: 1_000, command: [join(folder, 'nowhere')] };
    expect(await runSuite(missing, { log: join(folder, 'log'), cwd: folder })).toMatchObject({ passed: 0, failed: 1 });
  });

  it('has failed when it outlives its limit', async () => {
    const counted = await suiteOf('setInterval(() => {}, 1000)', { limitMs: 300 });
    expect(counted).toEqual({ passed: 0, failed: 1, ending: 'ended after its limit of 0.3 s' });
  });

  it('ends with what it started', async () => {
    const child = `
      const server = require('node:net').createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
        process.send(server.address().port);
      });`;
    const program = `
      const options = { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] };
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], options);
      child.once('message', (port) => {
        console.log(port);
        process.exit(0);
      });`;
    expect(await suiteOf(program)).toMatchObject({ ending: 'exit 0' });
    const port = Number(readFileSync(join(folder, 'log'), 'utf8'));
    expect(port).toBeGreaterThan(0);
    await expect.poll(() => isListening(port), { timeout: 10_000 }).toBe(false);
  });

  it("counts vitest's tests, and fails when there is no report", async () => {
    const report = join(folder, 'report.json');
    writeFileSync(report, JSON.stringify({ numPassedTests: 12, numFailedTests: 2 }));
    expect(await suiteOf('process.exit(1)', { report })).toMatchObject({ passed: 12, failed: 2 });
    expect(await suiteOf('process.exit(1)', { report: join(folder, 'none.json') })).toMatchObject({
      passed: 0,
      failed: 1,
    });
  });
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
