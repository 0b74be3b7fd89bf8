// Cutovers of a real nginx under load. The last line of --json is the result; the exit code is 0 only when no request
// failed, none was answered by the slot that had been left, every cutover was proven, and both controls saw what they
// must see.
// Arguments: --cutovers 1000, --keep-alive 32, --fresh 8, --pause-ms 10, --json.
import { parseArgs } from 'node:util';
import { nginxVersion } from '../../packages/nginx/src/nginx-server.fixture.js';
import { runCutovers } from './nginx/cutovers.js';
import { startLoad } from './nginx/load.js';
import { startSite } from './nginx/site.js';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cutovers: { type: 'string', default: '1000' },
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
  const site = await startSite('blue');
  try {
    const options = { ...clients, pauseMs: Number(values['pause-ms']), requestsBetween: 100 };
    const run = await runCutovers(site, { ...options, cutovers: Number(values.cutovers), claim: 'after' });
    const early = await runCutovers(site, { ...options, cutovers: 20, claim: 'early' });
    const errors = site.nginx.errors().filter((line) => /\[(error|crit|alert|emerg)\]/.test(line));
    const refused = await failuresWithoutNginx(site);
    const controls = { staleWhenClaimedEarly: early.stale, failedWithoutNginx: refused };
    const isGood =
      run.failed === 0 &&
      run.stale === 0 &&
      run.proven === run.cutovers &&
      errors.length === 0 &&
      controls.staleWhenClaimedEarly > 0 &&
      controls.failedWithoutNginx > 0;
    const result = { nginx, ...clients, ...run, nginxErrors: errors.length, controls, ok: isGood };
    for (const line of [...run.wrong.map((each) => JSON.stringify(each)), ...errors.slice(0, 10)]) {
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

function summary(result: { nginx: string; cutovers: number; requests: number; failed: number; stale: number }): string {
  const { nginx, cutovers, requests, failed, stale } = result;
  return `nginx ${nginx}: ${cutovers} cutovers, ${requests} requests, ${failed} failed, ${stale} stale`;
}
