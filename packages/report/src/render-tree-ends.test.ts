import { describe, expect, it } from 'vitest';
import { Story } from './journal.fixture.js';
import { printReport } from './print-report.js';
import { stories } from './stories.fixture.js';

function shown(name: keyof typeof stories): string {
  return `\n${printReport(stories[name]().records)}\n`;
}

describe('a promoted release', () => {
  it('says how long the old slot stays warm', () => {
    expect(shown('promoted')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ✔ promoted, retiring   blue ░░░░░░░░░░ 0   green ▇▇▇▇▇▇▇▇▇▇ 100 (live)
      Promoted after 35m43s; blue v41 stays warm for 1h more
      release r-2041, requested by ci, 35m43s

      ├─ ✔ prepare             38s  green v42, 3 of 3 ready
      ├─ ✔ verify               1s
      │  └─ ✔ smoke             1s  GET /healthz → 200
      ├─ ✔ guardrail errors  35m4s  0.29 % ≤ 1 % of 39,800 requests
      ├─ ✔ shift              5m4s
      │  ├─ ✔ 10 %            5m2s  observed 10 % after 2s; errors 0.31 % ≤ 1 % of 41,208 requests  ▁▂▂▃▃
      │  └─ ✔ 100 %             2s  observed 100 % after 2s
      ├─ ✔ bake 30m            30m
      └─ ◌ retire               0s  blue v41 stays warm until 01:35:43, 1h left
      "
    `);
  });

  it('says that the old slot is gone', () => {
    expect(shown('finished')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ✔ promoted   blue ░░░░░░░░░░ 0   green ▇▇▇▇▇▇▇▇▇▇ 100 (live)
      Promoted after 35m43s; blue v41 is retired
      release r-2041, requested by ci, 1h35m

      ├─ ✔ prepare     38s  green v42, 3 of 3 ready
      ├─ ✔ verify       1s
      │  └─ ✔ smoke     1s  GET /healthz → 200
      ├─ ✔ shift      5m4s
      │  ├─ ✔ 10 %    5m2s  observed 10 % after 2s; errors 0.31 % ≤ 1 % of 41,208 requests  ▁▂▂▃▃
      │  └─ ✔ 100 %     2s  observed 100 % after 2s
      ├─ ✔ bake 30m    30m
      └─ ✔ retire    1h12s  blue v41 is retired
      "
    `);
  });

  it('is short where everything moves at once', () => {
    expect(shown('allAtOnce')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ✔ promoted, retiring   blue ░░░░░░░░░░ 0   green ▇▇▇▇▇▇▇▇▇▇ 100 (live)
      Promoted after 25s; blue v41 stays warm for 1h more
      release r-2041, requested by ci, 25s

      ├─ ✔ prepare      21s  green v42, 3 of 3 ready
      ├─ ✔ verify        1s  no gates
      ├─ ✔ shift 100 %   3s  observed 100 % after 3s
      └─ ◌ retire        0s  blue v41 stays warm until 01:00:25, 1h left
      "
    `);
  });
});

describe('a rolled-back release', () => {
  it('gives the numbers in the first sentence, and how many met it for how long', () => {
    expect(shown('rolledBack')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ✖ rolled-back   blue ▇▇▇▇▇▇▇▇▇▇ 100 (live)   green ░░░░░░░░░░ 0
      Rolled back after 4m12s because errors 6.2 % > 1 % of 1,204 requests at 10 %
      release r-2041, requested by ci, 4m12s

      ├─ ✔ prepare         38s  green v42, 3 of 3 ready
      ├─ ✔ verify           1s
      │  └─ ✔ smoke         1s  GET /healthz → 200
      ├─ ✖ shift         3m31s
      │  ├─ ✖ 10 %       3m31s  observed 10 % after 2s
      │  │  └─ ✖ errors  3m29s  6.2 % > 1 % of 1,204 requests  ▂▃▇█
      │  └─ · 100 %             not reached
      └─ ✔ roll back        2s  blue serves everyone again after 2s; users met v42 for 3m31s
      "
    `);
  });

  it('from preparing', () => {
    expect(shown('neverReady')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ✖ rolled-back   blue ▇▇▇▇▇▇▇▇▇▇ 100 (live)   green ░░░░░░░░░░ 0
      Rolled back after 10m12s because green of checkout was not ready within 10m: image not found
      release r-2041, requested by ci, 10m12s

      └─ ✖ prepare  10m12s  green v42, 1 of 3 ready (image not found)
      "
    `);
  });

  it('from verifying, by a person', () => {
    expect(shown('abortedWhileVerifying')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ✖ rolled-back   blue ▇▇▇▇▇▇▇▇▇▇ 100 (live)   green ░░░░░░░░░░ 0
      Rolled back after 1m19s because anna aborted: wrong version
      release r-2041, requested by ci, 1m19s

      ├─ ✔ prepare    38s  green v42, 3 of 3 ready
      ├─ ✖ verify     40s
      │  └─ · smoke        cancelled
      └─ ✔ roll back   1s  blue kept serving everyone; no user met v42
      "
    `);
  });

  it('from baking, by a guardrail', () => {
    expect(shown('rolledBackWhileBaking')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ✖ rolled-back   blue ▇▇▇▇▇▇▇▇▇▇ 100 (live)   green ░░░░░░░░░░ 0
      Rolled back after 12m46s because guardrail errors 3.4 % > 1 % of 20,411 requests at 100 %
      release r-2041, requested by ci, 12m46s

      ├─ ✔ prepare             38s  green v42, 3 of 3 ready
      ├─ ✔ verify               1s
      │  └─ ✔ smoke             1s  GET /healthz → 200
      ├─ ✖ guardrail errors  12m4s  3.4 % > 1 % of 20,411 requests
      ├─ ✔ shift              5m4s
      │  ├─ ✔ 10 %            5m2s  observed 10 % after 2s; errors 0.31 % ≤ 1 % of 41,208 requests  ▁▂▂▃▃
      │  └─ ✔ 100 %             2s  observed 100 % after 2s
      ├─ ✖ bake 30m             7m
      └─ ✔ roll back            3s  blue serves everyone again after 3s; users met v42 for 12m5s
      "
    `);
  });

  it('from retiring, within the retention', () => {
    const story = stories.promoted().wait('10m');
    story.add({ type: 'rollback-requested', command: 'c1', by: 'bob', reason: 'wrong prices', abort: false });
    const cause = { code: 'person-asked', from: 'retiring', message: 'bob: wrong prices', by: 'bob' } as const;
    story.rollBack(cause).returned('2s', cause);
    expect(`\n${printReport(story.records)}\n`).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ✖ rolled-back   blue ▇▇▇▇▇▇▇▇▇▇ 100 (live)   green ░░░░░░░░░░ 0
      Rolled back after 45m45s because bob asked: wrong prices
      release r-2041, requested by ci, 45m45s

      ├─ ✔ prepare             38s  green v42, 3 of 3 ready
      ├─ ✔ verify               1s
      │  └─ ✔ smoke             1s  GET /healthz → 200
      ├─ ✔ guardrail errors  35m4s  0.29 % ≤ 1 % of 39,800 requests
      ├─ ✔ shift              5m4s
      │  ├─ ✔ 10 %            5m2s  observed 10 % after 2s; errors 0.31 % ≤ 1 % of 41,208 requests  ▁▂▂▃▃
      │  └─ ✔ 100 %             2s  observed 100 % after 2s
      ├─ ✔ bake 30m            30m
      ├─ ✖ retire              10m  blue v41 was still warm
      └─ ✔ roll back            2s  blue serves everyone again after 2s; users met v42 for 45m4s
      "
    `);
  });
});

describe('a stuck release', () => {
  it('says what failed, how often, and what to do', () => {
    expect(shown('stuck')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ✖ stuck   blue ▇▇▇▇▇▇▇▇▇░ 90 (live)   green ░░░░░░░░░▇ 10
      Stuck in rolling-back: checkout: the routing was not reached in 5 attempts: POST
      http://router.internal:8080/state answered 503 Service Unavailable (release/rollback-failed)
      release r-2041, requested by ci, 3m21s

      ├─ ✔ prepare         38s  green v42, 3 of 3 ready
      ├─ ✔ verify           1s
      │  └─ ✔ smoke         1s  GET /healthz → 200
      ├─ ✖ shift          1m2s
      │  ├─ ✖ 10 %        1m2s  observed 10 % after 2s
      │  │  └─ · errors         cancelled
      │  └─ · 100 %             not reached
      └─ ✖ roll back     1m40s  taking users back to blue, observed 90 %
         └─ ! failed            at 00:03:01 route 0 % failed 5 times, last with nginx/unreachable: POST
                                http://router.internal:8080/state answered 503 Service Unavailable

      Next: bluegreen retry r-2041 --reason '…'
      "
    `);
  });

  it('shows an earlier run as one row once it is tried again', () => {
    const story = new Story({ versions: { checkout: [null, 'v1'] } }).prepared();
    const message = 'there is nothing to go back to: smoke: GET /healthz → 500';
    story.enter('stuck', 'verifying');
    story.add({ type: 'release-stuck', code: 'release/first-deploy-failed', from: 'verifying', message });
    story.add({ type: 'release-finished', end: 'stuck' }).wait('5m');
    story.add({ type: 'retry-requested', command: 'c1', by: 'anna', reason: 'fixed the config' });
    story.enter('preparing', 'stuck').wait('12s').add({ type: 'time-passed' });
    expect(`\n${printReport(story.records)}\n`).toMatchInlineSnapshot(`
      "
      checkout  first deploy of v1   ◌ preparing   nothing routed yet
      Preparing: deploying v1 to blue of checkout
      release r-2041, requested by ci, 5m50s

      ├─ ✖ run 1     38s  stuck: there is nothing to go back to: smoke: GET /healthz → 500
      ├─ ◌ prepare   12s  deploying v1 to blue
      ├─ · verify         smoke
      ├─ · shift          100 %
      ├─ · bake 30m
      └─ · retire         1h after the promotion
      "
    `);
  });
});

it('says so when a journal holds no release', () => {
  expect(printReport([])).toBe('This journal holds no release.');
});
