import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A private Prometheus below a directory of its own, on a port that the kernel chose. */
export interface PrometheusServer {
  readonly url: string;
  /** Waits until this instant query has a result, and answers the value of its first series. */
  untilSeen(query: string): Promise<number>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  /** Ends it and removes the directory. */
  remove(): Promise<void>;
}

export interface PrometheusServerOptions {
  /** Text in the format of OpenMetrics, with instants: what it has measured before it starts. */
  readonly history?: string;
  /** Addresses to scrape, `host:port`, each with the labels of its series. */
  readonly targets?: readonly { readonly address: string; readonly labels: Readonly<Record<string, string>> }[];
  readonly scrapeMs?: number;
  readonly flags?: readonly string[];
}

/** The version of the installed Prometheus, or `null`. */
export function prometheusVersion(): string | null {
  try {
    const text = execFileSync('sh', ['-c', 'prometheus --version 2>&1'], { encoding: 'utf8' });
    return /version (\S+?)[,+ ]/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}

/**
 * False when Prometheus is missing: then says in one line what is not shown. Where `CI` is set that is a failure, because
 * a skipped proof looks like a passed one.
 */
export function hasPrometheus(whatIsNotShown: string): boolean {
  if (prometheusVersion() !== null) return true;
  const line = `Prometheus is not installed, NOT SHOWN: ${whatIsNotShown}`;
  if (process.env.CI === 'true') throw new Error(line);
  console.warn(line);
  return false;
}

export async function startPrometheus(options: PrometheusServerOptions = {}): Promise<PrometheusServer> {
  const directory = mkdtempSync(join(tmpdir(), 'bluegreen-prometheus-'));
  const data = join(directory, 'data');
  mkdirSync(data);
  const configuration = join(directory, 'prometheus.json');
  writeFileSync(configuration, JSON.stringify(configurationOf(options)));
  if (options.history !== undefined) {
    const history = join(directory, 'history.txt');
    writeFileSync(history, options.history);
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', history, data], { stdio: 'pipe' });
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const server: PrometheusServer = {
    url,
    untilSeen: (query) => untilSeen(url, query),
    async kill() {
      const running = child;
      child = null;
      if (running === null || running.exitCode !== null) return;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await ended;
    },
    async start() {
      // YAML reads JSON.
      const flags = [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ];
      child = spawn('prometheus', [...flags, '--storage.tsdb.retention.time=99y', ...(options.flags ?? [])], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      await untilReady(child, url);
    },
    async remove() {
      await server.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function configurationOf({ targets = [], scrapeMs = 1_000 }: PrometheusServerOptions) {
  return {
    global: { scrape_interval: `${scrapeMs}ms`, scrape_timeout: `${scrapeMs}ms` },
    scrape_configs: [
      {
        job_name: 'web',
        static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
      },
    ],
  };
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2_000);
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${said}`);
    const answer = await fetch(`${url}/-/ready`).catch(() => null);
    if (answer?.ok === true) return;
    await aMoment();
  }
}

async function untilSeen(url: string, query: string): Promise<number> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = (await answer.json()) as { data?: { result: { value: [number, string] }[] } };
    const value = data?.result[0]?.value[1];
    if (value !== undefined) return Number(value);
    await aMoment();
  }
}

function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
