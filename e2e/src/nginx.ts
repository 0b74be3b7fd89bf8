// A real nginx under load: cutovers 0 <-> 100 through `route`, then whole releases. The last line of --json is the
// result; the exit code is 0 only when no request failed, none was answered by the slot that had been left, every
// cutover was proven, every release ended as it should, and both controls saw what they must see.
// Arguments: --cutovers 1000, --releases 50, --keep-alive 32, --fresh 8, --pause-ms 10, --json.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nginxVersion } from '../../packages/nginx/src/nginx-server.fixture.js';
import { type CutoverResult, runCutovers } from './nginx/cutovers.js';
import { startLoad } from './nginx/load.js';
import { type ReleasesResult, runReleases } from './nginx/releases.js';
import { startSite } from './nginx/site.js';

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cutovers: { type: 'string', default: '1000' },
      releases: { type: 'string', default: '50' },
      'keep-alive': { type: 'string', default: '32' },
      fresh: { type: 'string', default: '8' },
      'pause-ms': { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
    },
  });
  const nginx = nginxVersion();
  if (nginx === null) {
    process.stderr.write('nginx is not installed: nothing was shown.\n');
    return 1;
  }
  const clients = { keepAliveClients: Number(values['keep-alive']), freshClients: Number(values.fresh) };
  const site = await startSite('blue', { longestRequest: '200ms' });
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
    const refused = await failuresWithoutNginx(site);
    const controls = { staleWhenClaimedEarly: early.stale, failedWithoutNginx: refused };
    const isGood =
      isRight(run) && isWhole(whole) && errors.length === 0 && Object.values(controls).every((seen) => seen > 0);
    const result = {
      nginx,
      cutovers: run.cutovers,
      releases: whole.releases,
      requests: run.requests + whole.requests,
      failed: run.failed + whole.failed,
      stale: run.stale + whole.stale,
      proven: run.proven,
      promoted: whole.promoted,
      rolledBack: whole.rolledBack,
      ...clients,
      routeMs: run.routeMs,
      observeMs: run.observeMs,
      nginxErrors: errors.length,
      controls,
      ok: isGood,
    };
    const wrong = [...run.wrong, ...whole.wrong].map((each) => JSON.stringify(each));
    for (const line of [...wrong, ...whole.unexpected, ...errors.slice(0, 10)]) process.stderr.write(`${line}\n`);
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

function isRight(run: CutoverResult): boolean {
  return run.failed === 0 && run.stale === 0 && run.proven === run.cutovers;
}

function isWhole(whole: ReleasesResult): boolean {
  return whole.failed === 0 && whole.stale === 0 && whole.promoted + whole.rolledBack === whole.releases;
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
