// A real nginx under load: cutovers 0 <-> 100 through `route`, then whole releases. The last line of --json is the
// result; the exit code is 0 only when no request failed, none was answered by the slot that had been left, every
// cutover was proven, every release ended as it should, and both controls saw what they must see.
// With --mode reload the same, honestly: requests on kept-alive connections may be reset, and are counted; none on a fresh
// connection may fail. The figures of as many switches stand beside.
// Arguments: --mode switch, --cutovers 1000, --releases 50, --keep-alive 32, --fresh 8, --pause-ms 10, --json.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nginxVersion } from '../../packages/nginx/src/nginx-server.fixture.js';
import { type CutoverOptions, type CutoverResult, runCutovers } from './nginx/cutovers.js';
import { type LoadResult, type RequestRecord, startLoad } from './nginx/load.js';
import { type ReleasesResult, runReleases } from './nginx/releases.js';
import { startSite } from './nginx/site.js';

async function main(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args);
  const nginx = nginxVersion();
  if (nginx === null) {
    process.stderr.write('nginx is not installed: nothing was shown.\n');
    return 1;
  }
  const clients = { keepAliveClients: Number(values['keep-alive']), freshClients: Number(values.fresh) };
  const mode = values.mode === 'reload' ? 'reload' : 'switch';
  if (mode !== values.mode) throw new Error(`--mode is switch or reload, not ${values.mode}`);
  const site = await startSite('blue', { longestRequest: '200ms', mode });
  try {
    const options = { ...clients, pauseMs: Number(values['pause-ms']), requestsBetween: 100 };
    const run = await runCutovers(site, { ...options, cutovers: Number(values.cutovers), claim: 'after' });
    const early = await runCutovers(site, { ...options, cutovers: 20, claim: 'early' });
    const journal = join(site.nginx.directory, 'releases');
    const whole = await runReleases(site, {
      ...clients,
      pauseMs: Number(values['pause-ms']),
      releases: Number(values.releases),
      journal,
    });
    const errors = site.nginx.errors().filter((line) => /\[(error|crit|alert|emerg)\]/.test(line));
    const workers = await workersLeft(site);
    const refused = await failuresWithoutNginx(site);
    const controls = { staleWhenClaimedEarly: early.stale, failedWithoutNginx: refused };
    const beside = mode === 'reload' ? await switchesBeside({ ...options, cutovers: Number(values.cutovers) }) : null;
    const isGood =
      isRight(run, mode) &&
      isWhole(whole, mode) &&
      (beside === null || (beside.failed === 0 && beside.stale === 0 && workers.drainingAtEnd === 0)) &&
      errors.length === 0 &&
      Object.values(controls).every((seen) => seen > 0);
    const result = {
      nginx,
      mode,
      cutovers: run.cutovers,
      releases: whole.releases,
      requests: run.requests + whole.requests,
      failed: run.failed + whole.failed,
      failedOnKeptAlive: run.failedByKind['keep-alive'] + whole.failedByKind['keep-alive'],
      failedOnFresh: run.failedByKind.fresh + whole.failedByKind.fresh,
      stale: run.stale + whole.stale,
      proven: run.proven,
      promoted: whole.promoted,
      rolledBack: whole.rolledBack,
      ...clients,
      routeMs: run.routeMs,
      observeMs: run.observeMs,
      workers,
      ...(beside === null ? {} : { switchMode: beside }),
      nginxErrors: errors.length,
      controls,
      ok: isGood,
    };
    for (const line of [
      ...wrongLines(mode, [...run.wrong, ...whole.wrong]),
      ...whole.unexpected,
      ...errors.slice(0, 10),
    ]) {
      process.stderr.write(`${line}\n`);
    }
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${summary(result)}\n`);
    return isGood ? 0 : 1;
  } finally {
    await site.close();
  }
}

/** The other control: requests that really fail are counted. */
async function failuresWithoutNginx(site: Awaited<ReturnType<typeof startSite>>): Promise<number> {
  await site.nginx.stop();
  const load = startLoad({ port: site.nginx.ports.public, keepAliveClients: 1, freshClients: 1 });
  await load.more(10);
  return (await load.stop()).failed;
}

function readArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      mode: { type: 'string', default: 'switch' },
      cutovers: { type: 'string', default: '1000' },
      releases: { type: 'string', default: '50' },
      'keep-alive': { type: 'string', default: '32' },
      fresh: { type: 'string', default: '8' },
      'pause-ms': { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
    },
  });
}

/** What a reload resets on kept-alive connections is counted and not listed. */
function wrongLines(mode: 'switch' | 'reload', wrong: readonly RequestRecord[]): readonly string[] {
  const isListed = ({ verdict, kind }: RequestRecord) =>
    mode === 'switch' || verdict === 'stale' || (verdict === 'failed' && kind === 'fresh');
  return wrong.filter(isListed).map((each) => JSON.stringify(each));
}

/** As many cutovers by switches, for the figures of both side by side. */
async function switchesBeside(options: Omit<CutoverOptions, 'claim'>) {
  const site = await startSite('blue', { longestRequest: '200ms' });
  try {
    const { requests, failed, stale, routeMs, proven } = await runCutovers(site, { ...options, claim: 'after' });
    return { cutovers: options.cutovers, requests, failed, stale, proven, routeMs };
  } finally {
    await site.close();
  }
}

/** Old workers end when their last request does; the clients have stopped. */
async function workersLeft({ nginx }: Awaited<ReturnType<typeof startSite>>) {
  const deadline = performance.now() + 5_000;
  while (true) {
    const { accepting, draining } = await nginx.workers();
    if (draining === 0 || performance.now() > deadline) return { accepting, drainingAtEnd: draining };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** More than this share of resets was never measured; beyond it something else is wrong. */
const mostResetShare = 0.03;

function isRight(run: CutoverResult, mode: 'switch' | 'reload'): boolean {
  return failsRightly(run, mode) && run.stale === 0 && run.proven === run.cutovers;
}

function isWhole(whole: ReleasesResult, mode: 'switch' | 'reload'): boolean {
  return failsRightly(whole, mode) && whole.stale === 0 && whole.promoted + whole.rolledBack === whole.releases;
}

function failsRightly({ failed, failedByKind, requests }: LoadResult, mode: 'switch' | 'reload'): boolean {
  if (mode === 'switch') return failed === 0;
  return failedByKind.fresh === 0 && failed <= mostResetShare * requests;
}

function summary(result: {
  cutovers: number;
  releases: number;
  requests: number;
  failed: number;
  stale: number;
}): string {
  const { cutovers, releases, requests, failed, stale } = result;
  return `${cutovers} cutovers and ${releases} releases: ${requests} requests, ${failed} failed, ${stale} stale`;
}

process.exitCode = await main(process.argv.slice(2));
