import { describe, expect, it } from 'vitest';
import { explain } from './explain.js';
import { operations } from './explain-operations.fixture.js';
import { situations } from './explain-situations.fixture.js';
import { checkExplained } from './walk-checks.fixture.js';

const intro = `# What \`explain\` says

A release says at any time why it is where it is: a stable code, a sentence with the numbers, and what makes sense now,
most useful first. Where it is stuck, the code is that of an [error](../errors). The service here is called \`web\`, it
goes from \`v1\` on blue to \`v2\` on green, and the release is \`r1\`. Instants are shortened to their time.

A step that is code is typed as it stands, with who and why in \`by\` and \`reason\`, in any process that shares the journal;
none of them is refused. Any other step is something that only you can do.

This page is written by a test: after a change, run \`npm test -- packages/machine/src/explain.test.ts -u\`.
`;

const everything = [...situations, ...operations];

/** The page of all situations; every text of \`explain\` that a person can meet is read here before it is changed. */
function page(): string {
  const parts = everything.map(([title, play]) => {
    const { code, sentence, nextSteps } = explain(play().state);
    const steps = nextSteps.map((step) => `- ${step.replace(/^(releaser\.\w+\(.*?\)): /, '`$1`: ')}\n`).join('');
    return `## ${title}\n\n\`${code}\`: ${sentence}\n${steps === '' ? '' : `\n${steps}`}`;
  });
  return [intro, ...parts].join('\n').replace(/1970-01-01T(\d\d:\d\d:\d\d)Z/g, '$1');
}

describe('explain', () => {
  it('reads as the page of situations says', async () => {
    await expect(page()).toMatchFileSnapshot('../../../docs/reference/explanations.md');
  });

  it.each(everything)('offers nothing that is refused, and speaks in whole sentences: %s', (_, play) => {
    const { state, at } = play();
    checkExplained(state, at);
  });

  it('says what to do wherever only a person can go on', () => {
    const held = everything
      .map(([, play]) => play().state)
      .filter((state) => state.phase === 'stuck' || state.heldSince !== null);
    expect(held.length).toBeGreaterThan(6);
    for (const state of held) expect(explain(state).nextSteps).not.toEqual([]);
  });
});
