import type { ReleaseEvent } from '@bluegreen/machine';
import { expect, it } from 'vitest';
import type { Story } from './journal.fixture.js';
import { renderLine } from './render-line.js';
import { stories } from './stories.fixture.js';
import { nextSummary } from './summarise.js';
import type { ReleaseSummary } from './summary.js';

function linesOf({ records }: Story): string {
  const lines: string[] = [];
  let before: ReleaseSummary | null = null;
  for (const record of records) {
    const after: ReleaseSummary = nextSummary(before, record)!;
    const line = renderLine(record.event as ReleaseEvent, before, after);
    if (line !== null) lines.push(line);
    before = after;
  }
  return `\n${lines.join('\n')}\n`;
}

it('tells a good release in one line per event that matters', () => {
  expect(linesOf(stories.finished())).toMatchInlineSnapshot(`
    "
    00:00:00  release               r-2041 requested by ci: checkout v42
    00:00:00  preparing             begins
    00:00:00  checkout              deploying v42 to green
    00:00:38  checkout              green v42, 3 of 3 ready
    00:00:38  verifying             begins
    00:00:39  gate smoke            pass: GET /healthz → 200
    00:00:39  shifting              begins
    00:00:39  shift 10 %            begins
    00:00:41  shift 10 %            reached; holds until 00:05:41
    00:03:41  gate errors           pass so far: 0.19 % ≤ 1 % of 24,725 requests
    00:05:41  shift 100 %           begins
    00:05:43  baking                everyone is on the candidate; until 00:35:43
    00:35:43  retiring              begins
    00:35:43  promoted              after 35m43s; blue v41 stays warm for 1h more
    01:35:43  checkout              teardown of blue begins; from here on there is no rollback
    01:35:43  checkout              retiring blue
    01:35:55  checkout              blue is retired
    01:35:55  promoted              after 35m43s; blue v41 is retired
    "
  `);
});

it('tells why a release goes back', () => {
  expect(linesOf(stories.rolledBack())).toMatchInlineSnapshot(`
    "
    00:00:00  release               r-2041 requested by ci: checkout v42
    00:00:00  preparing             begins
    00:00:00  checkout              deploying v42 to green
    00:00:38  checkout              green v42, 3 of 3 ready
    00:00:38  verifying             begins
    00:00:39  gate smoke            pass: GET /healthz → 200
    00:00:39  shifting              begins
    00:00:39  shift 10 %            begins
    00:00:41  shift 10 %            reached; holds until 00:05:41
    00:04:10  gate errors           fail: 6.2 % > 1 % of 1,204 requests
    00:04:10  rolling-back          because errors 6.2 % > 1 % of 1,204 requests at 10 %
    00:04:12  checkout              blue serves everyone
    00:04:12  rolled-back           after 4m12s because errors 6.2 % > 1 % of 1,204 requests at 10 %
    "
  `);
});

it('tells what failed on the way to stuck', () => {
  expect(linesOf(stories.stuck())).toMatchInlineSnapshot(`
    "
    00:00:00  release               r-2041 requested by ci: checkout v42
    00:00:00  preparing             begins
    00:00:00  checkout              deploying v42 to green
    00:00:38  checkout              green v42, 3 of 3 ready
    00:00:38  verifying             begins
    00:00:39  gate smoke            pass: GET /healthz → 200
    00:00:39  shifting              begins
    00:00:39  shift 10 %            begins
    00:00:41  shift 10 %            reached; holds until 00:05:41
    00:01:41  gate errors           cancelled
    00:01:41  rolling-back          because anna asked: users complain
    00:01:46  checkout              route failed with nginx/unreachable: POST http://router.internal:8080/state answered 503 Service Unavailable
    00:02:06  checkout              route failed with nginx/unreachable: POST http://router.internal:8080/state answered 503 Service Unavailable
    00:02:26  checkout              route failed with nginx/unreachable: POST http://router.internal:8080/state answered 503 Service Unavailable
    00:02:46  checkout              route failed with nginx/unreachable: POST http://router.internal:8080/state answered 503 Service Unavailable
    00:03:06  checkout              route failed with nginx/unreachable: POST http://router.internal:8080/state answered 503 Service Unavailable
    00:03:21  stuck                 in rolling-back: checkout: the routing was not reached in 5 attempts: POST http://router.internal:8080/state answered 503 Service Unavailable (release/rollback-failed)
    "
  `);
});

it('tells what people do', () => {
  expect(linesOf(stories.approved())).toMatchInlineSnapshot(`
    "
    00:00:00  release               r-2041 requested by ci: checkout v42
    00:00:00  preparing             begins
    00:00:00  checkout              deploying v42 to green
    00:00:38  checkout              green v42, 3 of 3 ready
    00:00:38  verifying             begins
    00:00:38  approval go-live      needed from sre; expires at 01:00:38, then rollback
    00:00:39  gate smoke            pass: GET /healthz → 200
    00:12:38  approval go-live      by anna: looks good
    00:12:39  shifting              begins
    00:12:39  shift 10 %            begins
    "
  `);
});

it('tells of a drift that went away, and of a retention that counts anew', () => {
  const story = stories.drifted();
  story
    .wait('5s')
    .add({ type: 'routing-restored', service: 'checkout', since: story.at - 20_000 })
    .add({ type: 'retention-extended', service: 'checkout', retainUntil: story.at + 60_000 });
  expect(linesOf(story).split('\n').slice(-3).join('\n')).toMatchInlineSnapshot(`
    "00:03:19  checkout              the routing is ours again, after 20s with somebody else's
    00:03:19  checkout              had traffic on its old slot, which stays warm until 00:04:19
    "
  `);
  const summary = story.records.reduce<ReleaseSummary | null>((before, record) => nextSummary(before, record), null);
  expect(summary?.retainUntil).toBe(story.at + 60_000);
});

it('tells what is out of order: crashes, drift, unreadable routers, retries', () => {
  const story = stories.recovered();
  story.add({ type: 'routing-drifted', service: 'checkout', summary: 'the routing is gone' });
  const failed = {
    service: 'checkout',
    slot: null,
    code: 'nginx/unreachable',
    message: 'timeout',
    reaction: 'retry',
  } as const;
  story
    .add({ type: 'observation-failed', ...failed })
    .wait('1s')
    .add({ type: 'observation-failed', ...failed });
  story.add({ type: 'resume-requested', command: 'c3', by: 'anna', reason: 'that was me' });
  expect(linesOf(story).split('\n').slice(-5).join('\n')).toMatchInlineSnapshot(`
    "00:06:39  recovered             by host-2; nobody watched for 4m10s
    00:06:44  checkout              drifted: the routing is gone
    00:06:44  checkout              can't be read: nginx/unreachable: timeout
    00:06:45  resumed               by anna: that was me
    "
  `);
});
