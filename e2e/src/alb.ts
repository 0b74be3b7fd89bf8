// An Application Load Balancer's API, twice: the emulator that AWS_ENDPOINT_URL names, and a server of our own that behaves
// as documented where the emulator is too kind. Rules of conformance and whole releases against both, orchestrators killed
// at boundaries, every row of the table of faults, and what a release costs. The last line of --json is the result.
// Arguments: --releases 4 (each side), --points 3 (per scenario and side), --rounds 100 (of the overhead), --full, --json.
import { parseArgs } from 'node:util';
import { type ConformanceReport, proveEnvironmentAdapter, proveTrafficAdapter } from '@bluegreen/conformance';
import {
  type ApiEndpoint,
  albEnvironmentBench,
  albTrafficBench,
  notShownBy,
} from '../../packages/alb/src/alb-conformance.fixture.js';
import { faultRows } from '../../packages/alb/src/fault-rows.fixture.js';
import { type CrashResult, runCrashes } from './alb/crashes.js';
import { emulatorFromEnvironment, ownApi } from './alb/endpoint.js';
import { measureOverhead, type Overhead } from './alb/overhead.js';
import { type ReleasesResult, runReleases } from './alb/releases.js';
import { openShop, type Shop } from './alb/shop.js';

interface Size {
  readonly releases: number;
  readonly points: number;
  readonly rounds: number;
  readonly size: 'quick' | 'full';
}

interface Side {
  readonly releases: ReleasesResult;
  readonly crashes: CrashResult;
  readonly overhead: Overhead;
  readonly conformance: readonly ConformanceReport[];
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      releases: { type: 'string', default: '4' },
      points: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '100' },
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const size: Size = {
    releases: Number(values.releases),
    points: Number(values.points),
    rounds: Number(values.rounds),
    size: values.full ? 'full' : 'quick',
  };
  const emulator = await emulatorFromEnvironment();
  const own = await ownApi();
  try {
    const [moto, ours] = await Promise.all([runSide(emulator, size), runSide(own, size)]);
    const faults = await runFaults();
    const problems = [...problemsOf('moto', moto), ...problemsOf('own', ours), ...faults.problems];
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    const passed = faults.held + sum(moto) + sum(ours);
    const result = {
      moto: summaryOf(moto),
      own: summaryOf(ours),
      faults: { rows: faults.rows, held: faults.held },
      conformance: { moto: countsOf(moto), own: countsOf(ours) },
      passed,
      failed: problems.length,
    };
    process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await own.own.close();
  }
}

async function runSide(api: ApiEndpoint, { releases, points, rounds, size }: Size): Promise<Side> {
  const { traffic, environment } = notShownBy(api);
  return {
    releases: await withShop(api, (shop) => runReleases(shop, releases)),
    crashes: await withShop(api, (shop) => runCrashes(shop, points)),
    overhead: await withShop(api, (shop) => overheadOf(shop, rounds)),
    conformance: [
      await proveTrafficAdapter(() => albTrafficBench(api), { size, notShown: traffic }),
      await proveEnvironmentAdapter(() => albEnvironmentBench(api), { size, notShown: environment }),
    ],
  };
}

/** Each part has a service of its own: another journal counts its epochs anew, and target groups remember them. */
async function withShop<R>(api: ApiEndpoint, run: (shop: Shop) => Promise<R>): Promise<R> {
  const shop = await openShop(api);
  try {
    return await run(shop);
  } finally {
    await shop.close();
  }
}

/** Beside a shop both of whose slots have healthy targets. */
async function overheadOf(shop: Shop, rounds: number): Promise<Overhead> {
  await shop.site.register('green', [{ id: '127.0.0.1', port: shop.plain.ports.green }]);
  for (;;) {
    const { health } = await shop.traffic.observe({ signal: AbortSignal.timeout(10_000) });
    if (health !== undefined && health.blue.healthy > 0 && health.green.healthy > 0) break;
  }
  return measureOverhead(shop, rounds);
}

async function runFaults(): Promise<{ rows: number; held: number; problems: readonly string[] }> {
  const problems: string[] = [];
  const rows = faultRows();
  for (const { name, run } of rows) {
    await run().catch((error: Error) => problems.push(`${name}: ${error.message}`));
  }
  return { rows: rows.length, held: rows.length - problems.length, problems };
}

function problemsOf(name: string, { releases, crashes, conformance }: Side): string[] {
  const broken = conformance.flatMap(({ rules }) => rules.filter(({ status }) => status === 'broken'));
  const failed = releases.users.failed > 0 ? [`${releases.users.failed} requests of users failed`] : [];
  const rules = broken.map((rule) => JSON.stringify(rule));
  return [...releases.unexpected, ...failed, ...crashes.problems, ...rules].map((each) => `${name}: ${each}`);
}

function summaryOf({ releases, crashes, overhead }: Side) {
  const { unexpected: _, ...counts } = releases;
  const { problems: __, ...killed } = crashes;
  return { ...counts, crashes: killed, overhead };
}

function countsOf({ conformance }: Side) {
  return Object.fromEntries(
    conformance.map(({ kind, shown, broken, notShown, notDeclared }) => [
      kind,
      { shown, broken, notShown, notDeclared },
    ]),
  );
}

function sum({ releases, crashes, conformance }: Side): number {
  const shown = conformance.reduce((total, each) => total + each.shown, 0);
  return releases.promoted + releases.rolledBack + crashes.converged + shown;
}

process.exitCode = await main(process.argv.slice(2));
