import { describe, expect, it } from 'vitest';
import type { Story } from './journal.fixture.js';
import { liveReport } from './live.js';
import { printReport } from './print-report.js';
import { Screen } from './screen.fixture.js';
import { stories } from './stories.fixture.js';

const everyStory = Object.entries(stories) as [string, () => Story][];

describe('on a terminal', () => {
  it.each(everyStory)('ends with the whole report on the screen: %s', (_, story) => {
    const screen = new Screen();
    const live = liveReport({ write: screen.write, isTerminal: true, columns: 101, rows: 20, colour: true });
    const { records } = story();
    for (const record of records) live.push(record);
    live.end();
    expect(screen.lines.join('\n')).toBe(printReport(records));
  });

  it('never draws over more rows than the terminal has', () => {
    for (const story of [stories.manySteps, stories.stuck, stories.severalServices]) {
      const screen = new Screen();
      const live = liveReport({ write: screen.write, isTerminal: true, columns: 60, rows: 12 });
      for (const record of story().records) {
        live.push(record);
        expect(screen.lines.length).toBeLessThan(12);
      }
    }
  });

  it('moves with the time, and only where it must', () => {
    const screen = new Screen();
    const live = liveReport({ write: screen.write, isTerminal: true, columns: 101, rows: 40 });
    const story = stories.holding();
    live.push(story.records);
    expect(screen.writes).toBe(1);
    screen.takeInk();
    live.tick(story.at + 1_000);
    expect(screen.lines[1]).toContain('for 3m11s more');
    expect(screen.takeInk()).toBeLessThan(400);
    const { writes } = screen;
    live.tick(story.at + 1_000);
    expect(screen.writes).toBe(writes);
  });

  it('stands still once the release is over', () => {
    const screen = new Screen();
    const live = liveReport({ write: screen.write, isTerminal: true });
    const story = stories.rolledBack();
    live.push(story.records);
    const { writes } = screen;
    live.tick(story.at + 60_000);
    live.end();
    live.push(story.records);
    expect(screen.writes).toBe(writes);
  });

  it('follows a new size', () => {
    const screen = new Screen();
    const live = liveReport({ write: screen.write, isTerminal: true, columns: 60, rows: 40 });
    live.push(stories.rolledBack().records);
    live.resize({ columns: 101, rows: 40 });
    live.end();
    expect(screen.lines.join('\n')).toBe(printReport(stories.rolledBack().records));
  });
});

describe('off a terminal', () => {
  it('writes whole lines, nothing over nothing, and the commands where a person must act', () => {
    let text = '';
    const live = liveReport({ write: (more) => (text += more), isTerminal: false });
    live.push(stories.waitingForApproval().records);
    live.tick(stories.waitingForApproval().at + 1_000);
    live.end();
    expect(`\n${text}`).toMatchInlineSnapshot(`
      "
      00:00:00  release               r-2041 requested by ci: checkout v42
      00:00:00  preparing             begins
      00:00:00  checkout              deploying v42 to green
      00:00:38  checkout              green v42, 3 of 3 ready
      00:00:38  verifying             begins
      00:00:38  approval go-live      needed from sre; expires at 01:00:38, then rollback
                Next: bluegreen approve r-2041 go-live --reason '…'
                      bluegreen rollback r-2041 --reason '…'
      00:00:39  gate smoke            pass: GET /healthz → 200
      "
    `);
  });

  it('writes no escape sequence without colour', () => {
    for (const [, story] of everyStory) {
      let text = '';
      liveReport({ write: (more) => (text += more), isTerminal: false }).push(story().records);
      expect(text).not.toContain('\x1b');
    }
  });
});
