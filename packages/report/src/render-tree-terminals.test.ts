import { describe, expect, it } from 'vitest';
import { printReport } from './print-report.js';
import { renderTree, type TreeOptions } from './render-tree.js';
import { stories } from './stories.fixture.js';
import { summarise } from './summarise.js';

function shown(name: keyof typeof stories, options: TreeOptions = {}): string {
  return `\n${printReport(stories[name]().records, options)}\n`;
}

describe('on small and simple terminals', () => {
  it('moves details below their row where columns are few', () => {
    expect(shown('drifted', { columns: 44 })).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ! shifting 1/2, drift…
        blue 50 (live)   green 50
      Held, somebody changed the routing of
      checkout: routing is blue 50 / green 50, was
      blue 90 / green 10, and not by this release
      release r-2041, requested by ci, 3m14s

      ├─ ✔ prepare          38s
      │    green v42, 3 of 3 ready
      ├─ ✔ verify            1s
      │  └─ ✔ smoke          1s
      │       GET /healthz → 200
      ├─ ◌ shift          2m35s
      │  ├─ ◌ 10 %        2m35s
      │  │  │    commanded 10 %, observed 50 %;
      │  │  │    holds until 00:05:41, 2m27s left
      │  │  ├─ ◌ errors   2m33s
      │  │  │    0.31 % ≤ 1 % of 41,208 requests
      │  │  │    ▂▃▂▃
      │  │  └─ ! drifted    25s
      │  │       at 00:02:49 routing is blue 50 /
      │  │       green 50, was blue 90 / green 10,
      │  │       and not by this release
      │  └─ · 100 %
      ├─ · bake 30m
      └─ · retire
           1h after the promotion

      Next: bluegreen resume r-2041 --reason '…'
            # writes our routing again
            bluegreen rollback r-2041 --reason '…'
      "
    `);
  });

  it('needs nothing but ASCII', () => {
    expect(shown('rolledBack', { ascii: true })).toMatchInlineSnapshot(`
      "
      checkout  v41 -> v42   x rolled-back   blue ########## 100 (live)   green .......... 0
      Rolled back after 4m12s because errors 6.2 % > 1 % of 1,204 requests at 10 %
      release r-2041, requested by ci, 4m12s

      |- + prepare         38s  green v42, 3 of 3 ready
      |- + verify           1s
      |  \`- + smoke         1s  GET /healthz -> 200
      |- x shift         3m31s
      |  |- x 10 %       3m31s  observed 10 % after 2s
      |  |  \`- x errors  3m29s  6.2 % > 1 % of 1,204 requests  .:*#
      |  \`- . 100 %             not reached
      \`- + roll back        2s  blue serves everyone again after 2s; users met v42 for 3m31s
      "
    `);
  });

  it('folds what is done and stays around what goes on where rows are few', () => {
    const summary = summarise(stories.manySteps().records)!;
    expect(`\n${renderTree(summary, { rows: 16 }).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      checkout  v41 → v42   ◌ shifting 6/14   blue ▇▇▇▇▇▇▇▇▇░ 95 (live)   green ░░░░░░░░░▇ 5
      Shifting to 10 %, observed 5 %
      release r-2041, requested by ci, 50m50s

         3 more lines above
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
         1 more line below
      "
    `);
  });
});
