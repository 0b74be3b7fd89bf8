// A real Prometheus scrapes two real services behind a real nginx, and gates judge releases by it: a good version is
// promoted, one that fails and one that is slow are rolled back, and a bake that loses its Prometheus is held with the verdict `error`, never passed.
// The last line of --json is the result; the exit code is 0 only when all of that happened.
// Arguments: --scrape-ms 250, --json.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nginxVersion } from '../../packages/nginx/src/nginx-server.fixture.js';
import { prometheusVersion, startPrometheus } from '../../packages/prometheus/src/prometheus-server.fixture.js';
import { startLoad } from './nginx/load.js';
import { startSite } from './nginx/site.js';
import { type JudgedRelease, judgedRelease, judgingReleaser, outage } from './prometheus/judged-releases.js';
import { measureServices } from './prometheus/measured-services.js';

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { 'scrape-ms': { type: 'string', default: '250' }, json: { type: 'boolean', default: false } },
  });
  const versions = { nginx: nginxVersion(), prometheus: prometheusVersion() };
  for (const [name, version] of Object.entries(versions)) {
    if (version !== null) continue;
    process.stderr.write(`${name} is not installed: nothing was shown.\n`);
    return 1;
  }
  const startedAt = performance.now();
  const site = await startSite('blue', { longestRequest: '200ms' });
  const services = await measureServices(site);
  const prometheus = await startPrometheus({ targets: services.targets, scrapeMs: Number(values['scrape-ms']) });
  const load = startLoad({ port: site.nginx.ports.public, keepAliveClients: 8, freshClients: 2, pauseMs: 10 });
  const releaser = judgingReleaser(site, services, prometheus, join(site.nginx.directory, 'releases'));
  try {
    await prometheus.untilSeen('count(http_requests_total{slot="blue",status="200"} > 0)');
    load.expectEither();
    const good = await judgedRelease(releaser, 'good-2');
    const bad = await judgedRelease(releaser, 'bad-3');
    const slow = await judgedRelease(releaser, 'slow-4');
    const blind = await outage(releaser, prometheus, 'good-5');
    const result = {
      ...versions,
      goodPromoted: good.end === 'promoted',
      badRolledBack: bad.end === 'rolled-back' && isBecauseOf(bad, 'compared'),
      slowRolledBack: slow.end === 'rolled-back' && isBecauseOf(slow, 'latency'),
      outageVerdict: blind.verdict,
      outagePaused: blind.paused,
      outagePasses: blind.during.filter((verdict) => verdict === 'pass').length,
      afterOutage: blind.end,
      requests: load.ended,
      seconds: Math.round((performance.now() - startedAt) / 1_000),
    };
    const isGood =
      result.goodPromoted &&
      result.badRolledBack &&
      result.slowRolledBack &&
      result.outageVerdict === 'error' &&
      result.outagePaused &&
      result.outagePasses === 0 &&
      result.afterOutage === 'promoted';
    if (!isGood) process.stderr.write(`${JSON.stringify({ good, bad, slow, blind }, null, 2)}\n`);
    process.stdout.write(
      `${values.json ? JSON.stringify({ ...result, ok: isGood }) : `${bad.sentence}\n${good.sentence}`}\n`,
    );
    return isGood ? 0 : 1;
  } finally {
    await releaser.close();
    await load.stop();
    await prometheus.remove();
    await services.close();
    await site.close();
  }
}

function isBecauseOf({ because }: JudgedRelease, guardrail: string): boolean {
  return because?.includes(`guardrail/${guardrail}`) ?? false;
}

process.exitCode = await main(process.argv.slice(2));
