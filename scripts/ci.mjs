#!/usr/bin/env node
// Runs every suite at the size that fits continuous integration and adds up what they report. Names as arguments choose
// suites. The last line is the result: `N passed, N failed`.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSuite } from './suite.mjs';
import { root } from './workspace.mjs';

const logs = mkdtempSync(join(tmpdir(), 'bluegreen-ci-'));
const report = join(logs, 'unit.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const minuteMs = 60_000;

/** @type {readonly import('./suite.mjs').Suite[]} */
const suites = [
  { name: 'unit', limitMs: 15 * minuteMs, command: ['npm', 'test', '--', ...reporters], report },
  { name: 'start', limitMs: 5 * minuteMs, command: ['npm', 'start'] },
  { name: 'packed', limitMs: 10 * minuteMs, command: dev('e2e', 'packed', '--json') },
  {
    name: 'nginx',
    limitMs: 10 * minuteMs,
    command: dev('e2e', 'nginx', '--cutovers', '200', '--releases', '10', '--json'),
  },
  {
    name: 'nginx-reload',
    limitMs: 5 * minuteMs,
    command: dev('e2e', 'nginx', '--mode', 'reload', '--cutovers', '40', '--releases', '5', '--json'),
  },
  {
    name: 'nginx-crash',
    limitMs: 10 * minuteMs,
    command: dev('e2e', 'nginx-crash', '--points', '20', '--random', '10', '--json'),
  },
  { name: 'alb', limitMs: 10 * minuteMs, command: dev('e2e', 'alb', '--json') },
  {
    name: 'services',
    limitMs: 10 * minuteMs,
    command: dev('e2e', 'services', '--faults', '10', '--points', '8', '--json'),
  },
  { name: 'prometheus', limitMs: 5 * minuteMs, command: dev('e2e', 'prometheus', '--json') },
  {
    name: 'contenders',
    limitMs: 10 * minuteMs,
    command: dev('e2e', 'contenders', '--rounds', '20', '--opens', '200', '--json'),
  },
  { name: 'workers', limitMs: 5 * minuteMs, command: dev('e2e', 'workers', '--points', '8', '--json') },
  {
    name: 'embed',
    limitMs: 8 * minuteMs,
    command: dev('e2e', 'embed', '--stories', '18', '--services', '20', '--rounds', '1', '--json'),
  },
  {
    name: 'explore',
    limitMs: 10 * minuteMs,
    command: dev('e2e', 'explore', '--schedules', '6000', '--json'),
  },
  { name: 'mutants', limitMs: 10 * minuteMs, command: dev('e2e', 'mutants', '--held', '--schedules', '1', '--json') },
  { name: 'conformance', limitMs: 10 * minuteMs, command: dev('e2e', 'conformance', '--json') },
  {
    name: 'decisions',
    limitMs: 10 * minuteMs,
    command: dev('bench:decisions', '--runs', '400', '--json', '--gate'),
  },
  {
    name: 'policy-fuzz',
    limitMs: 10 * minuteMs,
    command: dev('e2e', 'policy-fuzz', '--policies', '300', '--json'),
  },
  {
    name: 'kubernetes',
    limitMs: 10 * minuteMs,
    command: dev('e2e', 'kubernetes', '--releases', '6', '--faults', '16', '--points', '6', '--json'),
  },
  { name: 'bench', limitMs: 10 * minuteMs, command: dev('bench', '--quick', '--json') },
];

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} names */
async function main(names) {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`No such suite: ${unknown.join(', ')}. There are: ${suites.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  console.log(`Logs: ${logs}`);
  const total = { passed: 0, failed: 0 };
  for (const suite of suites.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const startedAt = performance.now();
    const log = join(logs, `${suite.name}.log`);
    const { passed, failed, ending } = await runSuite(suite, { log, cwd: root });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${suite.name}: ${passed} passed, ${failed} failed in ${seconds} s, ${ending}`);
    if (failed > 0) console.log(tail(log));
    total.passed += passed;
    total.failed += failed;
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

/** @param {string} log */
function tail(log) {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-80).join('\n').replace(/^/gm, '  | ');
}

/** @param {string[]} args */
function dev(...args) {
  return [process.execPath, join(root, 'scripts/dev.mjs'), ...args];
}
