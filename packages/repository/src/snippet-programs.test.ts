import { describe, expect, it } from 'vitest';
import { repositoryRoot } from './repository-root.js';
import { checkSnippets } from './snippet-programs.js';
import { snippetsOf } from './snippets.js';
import { readTree } from './tree.js';

async function check(text: string): Promise<string[]> {
  const { snippets } = snippetsOf({ path: 'docs/page.md', text });
  return checkSnippets(repositoryRoot, readTree(repositoryRoot), snippets);
}

describe('programs of the docs', { timeout: 60_000 }, () => {
  it('accepts one that compiles against the sources of the packages, and runs it', async () => {
    const text =
      "```ts run\nimport { weights } from '@bluegreen/contract';\nif (weights(5).blue !== 95) throw new Error();\n```";
    expect(await check(text)).toEqual([]);
  });

  it('names the line of the page that does not compile', async () => {
    const text = "# Title\n\n```ts\nimport { weights } from '@bluegreen/contract';\nweights('5');\n```";
    const found = await check(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^docs\/page\.md:5: error TS2345/);
  });

  it('refuses a name that no package exports', async () => {
    expect(await check("```ts\nimport { wieghts } from '@bluegreen/contract';\n```")).toHaveLength(1);
  });

  it('lets a program import another one of its page', async () => {
    const named = '```ts answer.ts\nexport const answer: number = 42;\n```';
    const right = "```ts run\nimport { answer } from './answer.js';\nif (answer !== 42) throw new Error();\n```";
    expect(await check(`${named}\n\n${right}`)).toEqual([]);
    expect(await check(right)).toHaveLength(1);
  });

  it('names the page whose program fails when it runs', async () => {
    const found = await check("```ts\nthrow new Error('not run');\n```\n\n```ts run\nthrow new Error('planted');\n```");
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^docs\/page\.md:5: ended with 1: .*planted/s);
  });
});
