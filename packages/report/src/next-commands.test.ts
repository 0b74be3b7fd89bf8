import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Story } from './journal.fixture.js';
import { nextCommands } from './next-commands.js';
import { stories } from './stories.fixture.js';
import { summarise } from './summarise.js';

function commandsOf(story: Story): readonly string[] {
  const summary = summarise(story.records)!;
  return nextCommands({ summary, at: summary.at }, 'bluegreen').map((command) => command.replace(" --reason '…'", ''));
}

describe('nextCommands', () => {
  it.each([
    ['preparing', []],
    ['holding', []],
    ['promoted', []],
    ['rolledBack', []],
    ['waitingForApproval', ['bluegreen approve r-2041 go-live', 'bluegreen rollback r-2041']],
    ['paused', ['bluegreen resume r-2041', 'bluegreen rollback r-2041']],
    ['drifted', ['bluegreen resume r-2041  # writes our routing again', 'bluegreen rollback r-2041']],
    ['stuck', ['bluegreen retry r-2041']],
  ] as const)('%s: %j', (name, commands) => {
    expect(commandsOf(stories[name]())).toEqual(commands);
  });

  it('offers no rollback once teardown has begun', () => {
    const story = stories.promoted().add({ type: 'teardown-begun', service: 'checkout', slot: 'blue' });
    story
      .enter('stuck', 'retiring')
      .add({ type: 'release-stuck', code: 'release/retire-failed', from: 'retiring', message: '' });
    expect(commandsOf(story)).toEqual(['bluegreen retry r-2041']);
  });

  it('offers no rollback to a first deploy that has users', () => {
    const story = stories.firstDeploy().add({ type: 'release-paused', reason: 'anna: wait' });
    expect(commandsOf(story)).toEqual(['bluegreen resume r-2041']);
  });

  it.each(["it's", '$(touch owned)', '; ls', '`id`', 'two words', '"', '\\', 'a&b|c>d'])(
    'writes the id %j so that a shell reads one word',
    (id) => {
      const story = new Story({ id }).add({ type: 'release-paused', reason: 'anna: wait' });
      const words = commandsOf(story)[0]!.replace('bluegreen resume ', '');
      const read = execFileSync('sh', ['-c', `set -- ${words}; printf '%s:%s' "$#" "$1"`], { encoding: 'utf8' });
      expect(read).toBe(`1:${id}`);
    },
  );
});
