import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWorkers } from './reload/workers.js';

/** A private nginx below a directory of its own, on ports that the kernel chose. */
export interface NginxServer {
  readonly directory: string;
  readonly configurationFile: string;
  readonly ports: NginxPorts;
  /** The nginx command line that finds this configuration. */
  readonly command: readonly string[];
  /** Workers that take connections, and those of earlier configurations that finish what they have. */
  workers(): Promise<{ readonly accepting: number; readonly draining: number }>;
  /** Lines of the error log. */
  errors(): readonly string[];
  /** Rewrites nginx.conf, tests it and reloads; returns when only new workers accept. */
  reload(configuration: (ports: NginxPorts) => NginxConfiguration): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Nobody of it runs any more, and nothing is closed: connections are taken by the system and get no answer. */
  pause(): void;
  resume(): void;
  /** Stops it and removes the directory. */
  remove(): Promise<void>;
}

export interface NginxPorts {
  readonly public: number;
  readonly preview: number;
  readonly internal: number;
}

export interface NginxConfiguration {
  readonly http: readonly string[];
  readonly location: readonly string[];
  /** Beside the location. */
  readonly server?: readonly string[];
}

/** The version of the installed nginx, or `null`. */
export function nginxVersion(): string | null {
  try {
    const text = execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' });
    return /nginx\/(\S+)/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}

/**
 * False when nginx is missing: then says in one line what is not shown. Where `CI` is set a missing nginx is a failure,
 * because a skipped proof looks like a passed one.
 */
export function hasNginx(whatIsNotShown: string): boolean {
  if (nginxVersion() !== null) return true;
  const line = `nginx is not installed, NOT SHOWN: ${whatIsNotShown}`;
  if (process.env.CI === 'true') throw new Error(line);
  console.warn(line);
  return false;
}

/** Ports that were free a moment ago; all are held until all are known, so they differ. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Starts nginx with two workers. Above loopback and this directory it touches nothing. */
export async function startNginx(configuration: (ports: NginxPorts) => NginxConfiguration): Promise<NginxServer> {
  const directory = mkdtempSync(join(tmpdir(), 'bluegreen-nginx-'));
  chmodSync(directory, 0o755);
  const [open, preview, internal] = (await freePorts(3)) as [number, number, number];
  const ports: NginxPorts = { public: open, preview, internal };
  const configurationFile = join(directory, 'nginx.conf');
  const errorLog = join(directory, 'error.log');
  const command = ['nginx', '-p', directory, '-c', configurationFile, '-e', errorLog];
  mkdirSync(join(directory, 'temporary'));
  writeFileSync(configurationFile, render(directory, ports, configuration(ports)));
  let child: ChildProcess | null = null;
  const errors = () => readFileSync(errorLog, 'utf8').split('\n').filter(Boolean);
  const stop = async () => {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
  };
  const signalAll = (signal: NodeJS.Signals) => {
    const master = child!.pid!;
    for (const pid of [master, ...workersOf(master)]) process.kill(pid, signal);
  };
  const server: NginxServer = {
    directory,
    configurationFile,
    ports,
    command,
    errors,
    async workers() {
      const { accepting, draining } = await readWorkers({ pidFile: join(directory, 'nginx.pid') });
      return { accepting: accepting.length, draining: draining.length };
    },
    async start() {
      child = spawn(command[0]!, [...command.slice(1), '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'pipe'] });
      await untilListening(child, ports.public);
    },
    async reload(next) {
      writeFileSync(configurationFile, render(directory, ports, next(ports)));
      execFileSync(command[0]!, [...command.slice(1), '-t'], { stdio: 'pipe' });
      const master = child!.pid!;
      const before = workersOf(master);
      process.kill(master, 'SIGHUP');
      await until(() => !workersOf(master).some((pid) => before.includes(pid)), 'old workers to end');
    },
    stop,
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    async remove() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

function render(directory: string, ports: NginxPorts, { http, location, server = [] }: NginxConfiguration): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${directory}/temporary/${kind};`,
  );
  // Workers of a root master run as somebody else, as in production: it is they who must be able to read the state.
  const user = process.getuid?.() === 0 ? `user nobody ${groupOfNobody()};` : '';
  return `${user}
worker_processes 2;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log notice;
events { worker_connections 1024; }
http {
${temporary.join('\n')}
  access_log off;
${http.map((line) => `  ${line}`).join('\n')}
  server {
    listen 127.0.0.1:${ports.public};
    listen 127.0.0.1:${ports.preview};
${server.map((line) => `    ${line}`).join('\n')}
    location / {
${location.map((line) => `      ${line}`).join('\n')}
    }
  }
}
`;
}

function groupOfNobody(): string {
  return execFileSync('id', ['-gn', 'nobody'], { encoding: 'utf8' }).trim();
}

function workersOf(master: number): readonly number[] {
  return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  let output = '';
  child.stderr?.on('data', (part) => {
    output += part;
  });
  await until(() => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: ${output}`);
    return canConnect(port);
  }, 'nginx to listen');
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}

/** Looks until the condition holds; the limit only keeps a broken run from hanging. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
