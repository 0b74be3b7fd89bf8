// Every row of the table of faults, each as something that is done to the API and something that must hold then.
import assert from 'node:assert/strict';
import type { Reaction } from '@bluegreen/contract';
import { type Bench, readCall, targetOf, writeCall } from './alb-traffic.fixture.js';
import type { Fault } from './elb-server.fixture.js';
import type { AlbCode } from './error-codes.js';
import { type FaultRow, fails, withBench } from './fault-row.fixture.js';
import { worldRows } from './fault-rows-world.fixture.js';

function sentOnce(bench: Bench, action: string): void {
  assert.deepEqual(bench.writes(), [action]);
}

interface WireRow {
  readonly wire: string;
  readonly status?: number;
  readonly code: AlbCode;
  readonly reaction: Reaction;
}

const refused: readonly WireRow[] = [
  ...['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException'].map(
    (wire): WireRow => ({ wire, code: 'alb/throttled', reaction: 'retry' }),
  ),
  { wire: 'InternalFailure', status: 500, code: 'alb/unavailable', reaction: 'read-back' },
  { wire: 'ServiceUnavailable', status: 503, code: 'alb/unavailable', reaction: 'read-back' },
  ...['TargetGroupNotFound', 'RuleNotFound', 'ListenerNotFound', 'LoadBalancerNotFound'].map(
    (wire): WireRow => ({ wire, code: 'alb/not-found', reaction: 'permanent' }),
  ),
  ...[
    'TargetGroupAssociationLimit',
    'TooManyTargets',
    'TooManyRegistrationsForTargetId',
    'TooManyUniqueTargetGroupsPerLoadBalancer',
    'TooManyActions',
    'TooManyRules',
    'TooManyTargetGroups',
  ].map((wire): WireRow => ({ wire, code: 'alb/limit-reached', reaction: 'permanent' })),
  { wire: 'PriorRequestNotComplete', status: 429, code: 'alb/busy', reaction: 'retry' },
  { wire: 'ResourceInUse', code: 'alb/busy', reaction: 'retry' },
  { wire: 'OperationNotPermitted', code: 'alb/operation-refused', reaction: 'permanent' },
  ...[
    'InvalidConfigurationRequest',
    'IncompatibleProtocols',
    'InvalidLoadBalancerAction',
    'UnsupportedProtocol',
    'ValidationError',
  ].map((wire): WireRow => ({ wire, code: 'alb/request-invalid', reaction: 'permanent' })),
  { wire: 'AccessDenied', status: 403, code: 'alb/access-denied', reaction: 'permanent' },
  { wire: 'AccessDeniedException', status: 403, code: 'alb/access-denied', reaction: 'permanent' },
  { wire: 'ExpiredToken', status: 403, code: 'alb/credentials-unusable', reaction: 'retry' },
  { wire: 'InvalidClientTokenId', status: 403, code: 'alb/credentials-unusable', reaction: 'retry' },
  { wire: 'RequestExpired', status: 403, code: 'alb/clock-skewed', reaction: 'retry' },
  { wire: 'SignatureDoesNotMatch', status: 403, code: 'alb/clock-skewed', reaction: 'retry' },
];

/** A write that is refused is sent once, and changes nothing. */
const refusedRows = refused.map(
  ({ wire, status, code, reaction }): FaultRow => ({
    name: `${wire}${status === undefined ? '' : ` ${status}`} on a write: ${code}, ${reaction}, one request`,
    run: () =>
      withBench({}, async (bench) => {
        const before = await bench.traffic.observe(readCall());
        bench.server.next('ModifyListener', {
          kind: 'refuse',
          code: wire,
          ...(status === undefined ? {} : { status }),
        });
        await fails(bench.traffic.route(targetOf(50), before, writeCall()), code, reaction);
        sentOnce(bench, 'ModifyListener');
        assert.equal((await bench.traffic.observe(readCall())).revision, before.revision);
      }),
  }),
);

/** For a read it is all the same: nothing happened, ask again. */
const readRows = ['Throttling', 'InternalFailure', 'ServiceUnavailable'].map(
  (wire): FaultRow => ({
    name: `${wire} on every read: unknown, to be asked again, and never an answer (S10)`,
    run: () =>
      withBench({}, async (bench) => {
        const status = wire === 'Throttling' ? 400 : 503;
        bench.server.always('DescribeRules', { kind: 'refuse', code: wire, status });
        const code = wire === 'Throttling' ? 'alb/throttled' : 'alb/unavailable';
        await fails(bench.traffic.observe(readCall()), code, 'retry');
        const { revision } = { revision: 'whatever' };
        await fails(bench.traffic.route(targetOf(50), { revision }, writeCall()), code, 'retry');
        assert.deepEqual(bench.writes(), []);
      }),
  }),
);

interface Ambiguous {
  readonly name: string;
  readonly fault: Fault;
  readonly isDone: boolean;
}

const ambiguous: readonly Ambiguous[] = [
  { name: 'a connection that is cut before', fault: { kind: 'cut-before' }, isDone: false },
  { name: 'a connection that is cut after', fault: { kind: 'cut-after' }, isDone: true },
  ...[502, 503, 504].flatMap((status): Ambiguous[] =>
    [false, true].map((isDone) => ({
      name: `${status} with a page of a proxy ${isDone ? 'after' : 'before'}`,
      fault: { kind: 'html', status, isDone },
      isDone,
    })),
  ),
  { name: 'no answer at all', fault: { kind: 'hang', afterMs: null }, isDone: false },
  { name: 'an answer that comes too late', fault: { kind: 'hang', afterMs: 0 }, isDone: true },
];

/** The outcome is unknown: one request, then a read decides. */
const ambiguousRows = ambiguous.map(
  ({ name, fault, isDone }): FaultRow => ({
    name: `${name} it was done, on a write: read back, one request, the read tells (S39)`,
    run: () =>
      withBench({}, async (bench) => {
        const before = await bench.traffic.observe(readCall());
        bench.server.next('ModifyListener', fault);
        await fails(bench.traffic.route(targetOf(50), before, writeCall()), 'alb/unavailable', 'read-back');
        sentOnce(bench, 'ModifyListener');
        const after = await bench.traffic.observe(readCall());
        assert.equal(after.revision !== before.revision, isDone);
      }),
  }),
);

const otherRows: readonly FaultRow[] = [
  {
    name: 'a refused connection was never sent: retry',
    run: () =>
      withBench({}, async (bench) => {
        const before = await bench.traffic.observe(readCall());
        await bench.server.close();
        await fails(bench.traffic.observe(readCall()), 'alb/unreachable', 'retry');
        await fails(bench.traffic.route(targetOf(50), before, writeCall()), 'alb/unreachable', 'retry');
      }).catch((error: NodeJS.ErrnoException) => {
        // The bench closes its server once more.
        if (error.code !== 'ERR_SERVER_NOT_RUNNING') throw error;
      }),
  },
  {
    name: 'PriorityInUse on an audience: read back, because the rule may be our own',
    run: () =>
      withBench({}, async (bench) => {
        const audience = { name: 'staff', match: { header: 'x-staff', equals: '1' }, slot: 'green' } as const;
        const target = targetOf(0, { audiences: [audience] });
        const before = await bench.traffic.observe(readCall());
        bench.server.next('CreateRule', { kind: 'refuse', code: 'PriorityInUse' });
        await fails(bench.traffic.route(target, before, writeCall()), 'alb/priority-in-use', 'read-back');
        bench.server.next('CreateRule', { kind: 'cut-after' });
        await fails(bench.traffic.route(target, before, writeCall()), 'alb/unavailable', 'read-back');
        const { routing } = await bench.traffic.observe(readCall());
        assert.deepEqual(routing, { kind: 'split', target });
      }),
  },
  {
    name: 'a failure after the first of several requests: read back, and the rest is written then (F5)',
    run: () =>
      withBench({}, async (bench) => {
        const before = await bench.traffic.observe(readCall());
        const target = targetOf(50, { preview: 'green' });
        // The second request of this target: the preview.
        bench.server.next('ModifyListener', {
          kind: 'before',
          run: () => bench.server.next('ModifyListener', { kind: 'refuse', code: 'Throttling' }),
        });
        await fails(bench.traffic.route(target, before, writeCall()), 'alb/partly-written', 'read-back');
        const partly = await bench.traffic.observe(readCall());
        assert.deepEqual(partly.routing, { kind: 'split', target: targetOf(50) });
        await bench.traffic.route(target, partly, writeCall());
        assert.deepEqual((await bench.traffic.observe(readCall())).routing, { kind: 'split', target });
      }),
  },
  {
    name: 'a success that changed nothing: the read shows the routing of before (F2)',
    run: () =>
      withBench({}, async (bench) => {
        const before = await bench.traffic.observe(readCall());
        bench.server.next('ModifyListener', { kind: 'ignore' });
        await bench.traffic.route(targetOf(50), before, writeCall());
        assert.equal((await bench.traffic.observe(readCall())).revision, before.revision);
      }),
  },
  {
    name: 'a write that lands after it was given up: unknown, and inside the declared bound (S50)',
    run: () =>
      withBench({ lateWrite: '2s' }, async (bench) => {
        const before = await bench.traffic.observe(readCall());
        bench.server.next('ModifyListener', { kind: 'hang', afterMs: 150 });
        const call = writeCall(AbortSignal.timeout(50));
        await fails(bench.traffic.route(targetOf(50), before, call), 'alb/aborted', 'read-back');
        assert.equal((await bench.traffic.observe(readCall())).revision, before.revision);
        const deadline = Date.now() + bench.traffic.capabilities.lateWriteMs;
        let landed = false;
        while (!landed && Date.now() < deadline) {
          landed = (await bench.traffic.observe(readCall())).revision !== before.revision;
        }
        assert.ok(landed, 'the write landed');
      }),
  },
  {
    name: 'a client that repeats writes by itself is refused before anything is sent',
    run: () =>
      withBench({}, async (bench) => {
        const { albTraffic } = await import('./alb-traffic.js');
        const { read } = bench.site.clients;
        const traffic = albTraffic({ ...bench.options, clients: { read, write: read } });
        const before = await traffic.observe(readCall());
        await fails(traffic.route(targetOf(50), before, writeCall()), 'alb/write-client-retries', 'permanent');
        assert.deepEqual(bench.writes(), []);
      }),
  },
  {
    name: 'a weight of 0 and switched-off stickiness are sent, not left out',
    run: () =>
      withBench({}, async (bench) => {
        const before = await bench.traffic.observe(readCall());
        await bench.traffic.route(targetOf(100), before, writeCall());
        const { input } = bench.server.calls.findLast(({ action }) => action === 'ModifyListener')!;
        const text = JSON.stringify(input);
        assert.ok(text.includes('"Weight":"0"') && text.includes('"Enabled":"false"'), text);
      }),
  },
];

/** Every row that this project knows how to hold. */
export function faultRows(): readonly FaultRow[] {
  return [...refusedRows, ...readRows, ...ambiguousRows, ...otherRows, ...worldRows];
}
