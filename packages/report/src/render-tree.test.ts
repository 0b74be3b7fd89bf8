import { describe, expect, it } from 'vitest';
import { printReport } from './print-report.js';
import { renderTree, type TreeOptions } from './render-tree.js';
import { stories } from './stories.fixture.js';
import { summarise } from './summarise.js';

function shown(name: keyof typeof stories, options: TreeOptions = {}): string {
  return `\n${printReport(stories[name]().records, options)}\n`;
}

describe('a release under way', () => {
  it('shows what is still to come before anything was read', () => {
    expect(shown('justRequested')).toMatchInlineSnapshot(`
      "
      checkout  v42   ◌ preparing   routing not read yet
      Preparing: reading the routing of checkout
      release r-2041, requested by ci, 0s

      ├─ ◌ prepare   0s  reading who serves now
      ├─ · verify        smoke
      ├─ · shift         10 %, 100 %
      ├─ · bake 30m
      └─ · retire        1h after the promotion
      "
    `);
  });

  it('says why a candidate is not ready', () => {
    expect(shown('preparing')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ◌ preparing   blue ▇▇▇▇▇▇▇▇▇▇ 100 (live)   green ░░░░░░░░░░ 0
      Preparing: green of checkout has 1 of 3 ready: image not found
      release r-2041, requested by ci, 12s

      ├─ ◌ prepare   12s  green v42, 1 of 3 ready (image not found)
      ├─ · verify         smoke
      ├─ · shift          10 %, 100 %
      ├─ · bake 30m
      └─ · retire         1h after the promotion
      "
    `);
  });

  it('shows the numbers of the gates that a hold waits for, and how long it lasts', () => {
    expect(shown('holding')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ◌ shifting 1/2   blue ▇▇▇▇▇▇▇▇▇░ 90 (live)   green ░░░░░░░░░▇ 10
      Holding at 10 % for 3m12s more: errors 0.31 % ≤ 1 % of 41,208 requests
      release r-2041, requested by ci, 2m29s

      ├─ ✔ prepare         38s  green v42, 3 of 3 ready
      ├─ ✔ verify           1s
      │  └─ ✔ smoke         1s  GET /healthz → 200
      ├─ ◌ shift         1m50s
      │  ├─ ◌ 10 %       1m50s  observed 10 % after 2s; holds until 00:05:41, 3m12s left
      │  │  └─ ◌ errors  1m48s  0.31 % ≤ 1 % of 41,208 requests  ▂▃▂▃
      │  └─ · 100 %
      ├─ · bake 30m
      └─ · retire               1h after the promotion
      "
    `);
  });

  it('counts the rest of a hold down while nothing happens', () => {
    const summary = summarise(stories.holding().records)!;
    const later = renderTree(summary, { at: summary.at + 60_000 });
    expect(later[1]).toBe('Holding at 10 % for 2m12s more: errors 0.31 % ≤ 1 % of 41,208 requests');
  });

  it('names the person who must act, and the command', () => {
    expect(shown('waitingForApproval')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ◌ verifying   blue ▇▇▇▇▇▇▇▇▇▇ 100 (live)   green ░░░░░░░░░░ 0
      Waiting for approval go-live from sre; expires in 48m, then it rolls back
      release r-2041, requested by ci, 12m38s

      ├─ ✔ prepare              38s  green v42, 3 of 3 ready
      ├─ ◌ verify               12m
      │  ├─ ✔ smoke              1s  GET /healthz → 200
      │  └─ ◌ approval go-live  12m  needs sre, 48m left, then rollback
      ├─ · shift                     10 %, 100 %
      ├─ · bake 30m
      └─ · retire                    1h after the promotion

      Next: bluegreen approve r-2041 go-live --reason '…'
            bluegreen rollback r-2041 --reason '…'
      "
    `);
  });

  it('shows who paused it and whose command was refused', () => {
    expect(shown('paused')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ! shifting 1/2, paused   blue ▇▇▇▇▇▇▇▇▇░ 90 (live)   green ░░░░░░░░░▇ 10
      Paused by anna: looking at the logs
      release r-2041, requested by ci, 3m24s

      ├─ ✔ prepare          38s  green v42, 3 of 3 ready
      ├─ ✔ verify            1s
      │  └─ ✔ smoke          1s  GET /healthz → 200
      ├─ ◌ shift          2m45s
      │  ├─ ◌ 10 %        2m45s  observed 10 % after 2s; holds until 00:05:41, 2m17s left
      │  │  ├─ ◌ errors   2m43s  0.31 % ≤ 1 % of 41,208 requests  ▂▃▂▃
      │  │  ├─ ! paused     45s  at 00:02:39 by anna: looking at the logs
      │  │  └─ ! refused         at 00:03:24 pause by bob (release/paused-already)
      │  └─ · 100 %
      ├─ · bake 30m
      └─ · retire                1h after the promotion

      Next: bluegreen resume r-2041 --reason '…'
            bluegreen rollback r-2041 --reason '…'
      "
    `);
  });

  it('shows what somebody else did to the routing', () => {
    expect(shown('drifted')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ! shifting 1/2, drifted   blue ▇▇▇▇▇░░░░░ 50 (live)   green ░░░░░▇▇▇▇▇ 50
      Held, somebody changed the routing of checkout: routing is blue 50 / green 50, was blue 90 / green
      10, and not by this release
      release r-2041, requested by ci, 3m14s

      ├─ ✔ prepare          38s  green v42, 3 of 3 ready
      ├─ ✔ verify            1s
      │  └─ ✔ smoke          1s  GET /healthz → 200
      ├─ ◌ shift          2m35s
      │  ├─ ◌ 10 %        2m35s  commanded 10 %, observed 50 %; holds until 00:05:41, 2m27s left
      │  │  ├─ ◌ errors   2m33s  0.31 % ≤ 1 % of 41,208 requests  ▂▃▂▃
      │  │  └─ ! drifted    25s  at 00:02:49 routing is blue 50 / green 50, was blue 90 / green 10, and
      │  │                       not by this release
      │  └─ · 100 %
      ├─ · bake 30m
      └─ · retire                1h after the promotion

      Next: bluegreen resume r-2041 --reason '…'  # writes our routing again
            bluegreen rollback r-2041 --reason '…'
      "
    `);
  });

  it('shows how long nobody watched', () => {
    expect(shown('recovered')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ◌ shifting 1/2   blue ▇▇▇▇▇▇▇▇▇░ 90 (live)   green ░░░░░░░░░▇ 10
      Holding at 10 % for 3m7s more: errors 0.31 % ≤ 1 % of 41,208 requests
      release r-2041, requested by ci, 6m44s

      ├─ ✔ prepare            38s  green v42, 3 of 3 ready
      ├─ ✔ verify              1s
      │  └─ ✔ smoke            1s  GET /healthz → 200
      ├─ ◌ shift             6m5s
      │  ├─ ◌ 10 %           6m5s  observed 10 % after 2s; holds until 00:09:51, 3m7s left
      │  │  ├─ ◌ errors      6m3s  0.31 % ≤ 1 % of 41,208 requests  ▂▃▂▃
      │  │  └─ ! recovered  4m10s  at 00:06:39 by host-2; nobody watched meanwhile, which counts for
      │  │                         nothing
      │  └─ · 100 %
      ├─ · bake 30m
      └─ · retire                  1h after the promotion
      "
    `);
  });

  it('folds the steps that are far away', () => {
    expect(shown('manySteps')).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ◌ shifting 6/14   blue ▇▇▇▇▇▇▇▇▇░ 95 (live)   green ░░░░░░░░░▇ 5
      Shifting to 10 %, observed 5 %
      release r-2041, requested by ci, 50m50s

      ├─ ✔ prepare             38s  green v42, 3 of 3 ready
      ├─ ✔ verify               1s
      │  └─ ✔ smoke             1s  GET /healthz → 200
      ├─ ◌ shift            50m11s
      │  ├─ ✔ internal       10m2s  observed 0 % after 2s
      │  ├─ ✔ 0.1 %          10m2s  observed 0.1 % after 2s; errors 0.31 % ≤ 1 % of 41,208 requests  ▁▂▂▃▃
      │  ├─ ✔ 1 %            10m2s  observed 1 % after 2s; errors 0.31 % ≤ 1 % of 41,208 requests  ▁▂▂▃▃
      │  ├─ ✔ 2 %            10m2s  observed 2 % after 2s; errors 0.31 % ≤ 1 % of 41,208 requests  ▁▂▂▃▃
      │  ├─ ✔ 5 %            10m2s  observed 5 % after 2s; errors 0.31 % ≤ 1 % of 41,208 requests  ▁▂▂▃▃
      │  ├─ ◌ 10 %              1s  not commanded yet, observed 5 %
      │  ├─ · 20 %                  holds 10m; errors
      │  ├─ · 30 %                  holds 10m; errors
      │  └─ · 6 more steps          40 %, 50 %, 60 %, 75 %, 90 %, 100 %
      ├─ · bake 30m
      └─ · retire                   1h after the promotion
      "
    `);
  });

  it('shows several services below each other, and which one lags behind', () => {
    expect(shown('severalServices')).toMatchInlineSnapshot(`
      "
      3 services   ◌ shifting 1/2
      checkout       v41 → v42               blue ▇▇▇▇▇▇▇▇░░  75 (live)   green ░░░░░░░▇▇▇  25
      search         7 → 8                   blue ▇▇▇▇▇▇▇▇░░  75 (live)   green ░░░░░░░▇▇▇  25
      shopping-cart  2026.11.3 → 2026.11.4   blue ▇▇▇▇▇▇▇▇▇▇ 100 (live)   green ░░░░░░░░░░   0
      Shifting to 25 %, observed shopping-cart 0 %
      release r-2041, requested by ci, 42s

      ├─ ✔ prepare           38s
      │  ├─ ✔ checkout            green v42, 3 of 3 ready
      │  ├─ ✔ search              green 8, 3 of 3 ready
      │  └─ ✔ shopping-cart       green 2026.11.4, 3 of 3 ready
      ├─ ✔ verify             1s
      │  └─ ✔ smoke           1s  GET /healthz → 200
      ├─ ◌ shift              3s
      │  ├─ ◌ 25 %            3s  commanded 25 %, observed checkout 25 %, search 25 %, shopping-cart 0 %
      │  └─ · 100 %
      ├─ · bake 30m
      └─ · retire                 1h after the promotion
      "
    `);
  });

  it('shows a first deploy, which has nothing to go back to', () => {
    expect(shown('firstDeploy')).toMatchInlineSnapshot(`
      "
      checkout  first deploy of v1   ◌ baking   blue ▇▇▇▇▇▇▇▇▇▇ 100 (live)   green ░░░░░░░░░░ 0
      Baking for 25m more
      release r-2041, requested by ci, 5m41s

      ├─ ✔ prepare      38s  blue v1, 3 of 3 ready
      ├─ ✔ verify        1s
      │  └─ ✔ smoke      1s  GET /healthz → 200
      ├─ ✔ shift 100 %   2s  observed 100 % after 2s
      ├─ ◌ bake 30m      5m  until 00:30:41, 25m left
      └─ · retire            1h after the promotion
      "
    `);
  });
});
