// A real release between two real Node services behind a real nginx: v1 serves, v2 is deployed, checked, given 10 %,
// half and all users, and v1 is retired. Needs nginx (`apt-get install nginx-light`); touches a temporary directory only.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createReleaser, definePolicy, fileJournal, functionEnvironment, type Slot } from '@bluegreen/core';
import { nginxTraffic } from '@bluegreen/nginx';
import { liveReport, terminalOptions } from '@bluegreen/report';

const ports = { blue: 19101, green: 19102, public: 19100, internal: 19103 };
const directory = mkdtempSync(join(tmpdir(), 'bluegreen-example-'));
chmodSync(directory, 0o755); // nginx's workers must be able to read the state

// 1. What your deploy script does: here it starts and stops a Node service per slot.
const running: Partial<Record<Slot, Server>> = {};
async function deploy({ slot, version }: { slot: Slot; version: string }): Promise<void> {
  await retire({ slot });
  const body = JSON.stringify({ version });
  const server = createServer((_, response) => response.setHeader('x-version', version).end(body));
  running[slot] = server;
  await once(server.listen(ports[slot], '127.0.0.1'), 'listening');
}
async function retire({ slot }: { slot: Slot }): Promise<void> {
  running[slot]?.close().closeAllConnections();
  delete running[slot];
}

const command = ['nginx', '-p', directory, '-c', `${directory}/nginx.conf`, '-e', `${directory}/error.log`];

// 2. The two halves of a service: where its versions run, and what routes to them.
const urls = { blue: `http://127.0.0.1:${ports.blue}`, green: `http://127.0.0.1:${ports.green}` };
const environment = functionEnvironment({ urls, deploy, retire });
const traffic = nginxTraffic({
  service: 'web',
  upstreams: { blue: [`127.0.0.1:${ports.blue}`], green: [`127.0.0.1:${ports.green}`] },
  userKey: { cookie: 'uid' },
  stateDirectory: join(directory, 'state'),
  includeDirectory: join(directory, 'include'),
  internalListen: `127.0.0.1:${ports.internal}`,
  longestRequest: '1s',
  command,
});

// 3. Once per service: `setup` says what to paste into nginx.conf, and where.
await deploy({ slot: 'blue', version: 'v1' });
const { paste } = await traffic.setup({ adopt: 'blue' });
const [http, location] = paste.map(({ lines }) => lines.join('\n'));
const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
const places = kinds.map((kind) => `${kind}_temp_path ${directory}/${kind};`).join(' ');
writeFileSync(
  join(directory, 'nginx.conf'),
  `pid ${directory}/nginx.pid; error_log ${directory}/error.log; events {}
   http { access_log off; ${places} ${http}
     server { listen 127.0.0.1:${ports.public}; location / { ${location} } } }`,
);
const nginx = (...more: string[]) => execFileSync(command[0]!, [...command.slice(1), ...more]);
nginx(); // in the background; it listens when this returns

// 4. What a safe release means, as data. Checks are code that it calls by name.
const policy = definePolicy({
  verify: { gates: [{ check: 'smoke' }] },
  shift: [{ to: 10, hold: '2s' }, { to: 50, hold: '2s' }, { to: 100 }],
  bake: { for: '3s' },
  retire: { after: '2s' },
});

// 5. The release, shown while it runs.
const releaser = createReleaser({
  services: { web: { environment, traffic } },
  journal: fileJournal(join(directory, 'releases')),
  checks: {
    smoke: async ({ services }) => {
      const answer = await fetch(services.web!.url!);
      return { pass: answer.ok, summary: `GET / -> ${answer.status}` };
    },
  },
});
try {
  const release = await releaser.start({ versions: { web: 'v2' }, policy, requestedBy: 'example' });
  const live = liveReport({
    write: (text) => process.stdout.write(text),
    ...terminalOptions(process.stdout, process.env),
  });
  for await (const record of release.records()) live.push(record);
  live.end();
  const answer = await fetch(`http://127.0.0.1:${ports.public}/`);
  console.log(`\nnginx now sends users to ${answer.headers.get('x-version')}. ${(await release.explain()).sentence}`);
} finally {
  await releaser.close();
  nginx('-s', 'quit');
  await Promise.all([retire({ slot: 'blue' }), retire({ slot: 'green' })]);
  while (existsSync(join(directory, 'nginx.pid'))) await setTimeout(10);
  rmSync(directory, { recursive: true });
}
