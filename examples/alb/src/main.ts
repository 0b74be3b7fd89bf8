// A release between two target groups of an Application Load Balancer: staff first, then 10 %, half and all users, and the
// old targets are drained. It acts on the emulator that AWS_ENDPOINT_URL names (moto, localstack); nothing there is real but
// the API. With your own ARNs instead of step 1 it is a release on AWS.
import { albClients, albEnvironment, albTraffic } from '@bluegreen/alb';
import { createReleaser, definePolicy, memoryJournal } from '@bluegreen/core';
import { liveReport, terminalOptions } from '@bluegreen/report';
import { makeLoadBalancer } from './load-balancer.js';

const endpoint = process.env.AWS_ENDPOINT_URL;
if (endpoint === undefined) throw new Error('Set AWS_ENDPOINT_URL to an emulator of AWS, for instance to moto_server.');
process.env.AWS_REGION ??= 'us-east-1';
process.env.AWS_ACCESS_KEY_ID ??= 'test';
process.env.AWS_SECRET_ACCESS_KEY ??= 'test';

// 1. What is there before the first release.
const { listenerArn, testListenerArn, targetGroups } = await makeLoadBalancer(endpoint);

// 2. The two halves of a service: its targets, and what routes to them.
const clients = albClients();
const environment = albEnvironment({
  service: 'shop',
  clients,
  targetGroups,
  // Your deploy tool makes machines and says which they are.
  deploy: async ({ slot, atLeast }) =>
    Array.from({ length: atLeast }, (_, index) => ({ id: `10.0.${slot === 'blue' ? 1 : 2}.${index + 1}`, port: 8080 })),
  retire: async ({ slot }) => console.log(`the machines of ${slot} are drained and may end`),
});
const traffic = albTraffic({
  service: 'shop',
  clients,
  place: { listenerArn },
  targetGroups,
  preview: { listenerArn: testListenerArn },
  audiences: [{ name: 'staff', match: { header: 'x-staff', equals: '1' }, priority: 10 }],
  // An emulator has no nodes that lag; on AWS leave these at their defaults.
  propagation: '500ms',
  lateWrite: '1s',
  longestRequest: '1s',
});

// 3. Once per service: both groups are attached, and the preview place is taken over.
await traffic.setup({ adopt: 'blue' });

// 4. The release.
const policy = definePolicy({
  audiences: { staff: { header: 'x-staff', equals: '1' } },
  shift: [{ audience: 'staff', hold: '1s' }, { to: 10, hold: '1s' }, { to: 50 }, { to: 100 }],
  retire: { after: 'immediately' },
  limits: { poll: '200ms' },
});
const releaser = createReleaser({ services: { shop: { environment, traffic } }, journal: memoryJournal() });
try {
  const release = await releaser.start({ versions: { shop: 'v2' }, policy, requestedBy: 'example' });
  const live = liveReport({
    write: (text) => process.stdout.write(text),
    ...terminalOptions(process.stdout, process.env),
  });
  for await (const record of release.records()) live.push(record);
  live.end();
  console.log(`\n${(await release.explain()).sentence}`);
} finally {
  await releaser.close();
}
