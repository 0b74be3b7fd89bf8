import { describe, expect, it } from 'vitest';
import { snippetsOf } from './snippets.js';

function page(...lines: string[]) {
  return snippetsOf({ path: 'docs/page.md', text: lines.join('\n') });
}

describe('snippets', () => {
  it('keeps each line where it stands in the page', () => {
    const { snippets, refused } = page('# Title', '', '```ts', 'const a = 1;', '```', '', '```sh', 'npm start', '```');
    expect(refused).toEqual([]);
    expect(snippets).toHaveLength(1);
    expect(snippets[0]).toMatchObject({ page: 'docs/page.md', line: 3, run: false });
    expect(snippets[0]!.lines.indexOf('const a = 1;')).toBe(3);
  });

  it('goes on with the program before', () => {
    const { snippets } = page(
      '```ts',
      'const a = 1;',
      '```',
      '',
      '```ts continued',
      'a.toFixed();',
      '```',
      '```ts',
      '```',
    );
    expect(snippets).toHaveLength(2);
    expect(snippets[0]!.lines.filter((line) => line !== '')).toEqual(['const a = 1;', 'a.toFixed();']);
  });

  it('takes in the setup right above', () => {
    const setup = ['<!-- setup', 'declare const a: number;', '-->'];
    const { snippets } = page(...setup, '', '```ts run', 'a.toFixed();', '```', 'text', '```ts', 'b();', '```');
    expect(snippets[0]!.lines.filter((line) => line !== '')).toEqual(['declare const a: number;', 'a.toFixed();']);
    expect(snippets[0]!.run).toBe(true);
    expect(snippets[1]!.lines.filter((line) => line !== '')).toEqual(['b();']);
  });

  it('names a program that the others import, once', () => {
    const { snippets, refused } = page(
      '```ts policy.ts',
      'a();',
      '```',
      '```ts',
      'b();',
      '```',
      '```ts run policy.ts',
      '```',
    );
    expect(snippets.map(({ name }) => name)).toEqual(['policy', null]);
    expect(refused).toEqual(['docs/page.md:7: the page has a policy.ts before']);
  });

  it.each([
    ['```ts no-check', '"ts" knows run, continued and a file\'s name, not "no-check"'],
    ['```typescript', 'fence this as "ts", so that it is compiled, not as "typescript"'],
    ['```js', 'fence this as "ts", so that it is compiled, not as "js"'],
    ['```ts continued', 'there is nothing to continue'],
  ])('refuses a fence that escapes the compiler: %s', (fence, problem) => {
    expect(page('# Title', fence, 'code', '```').refused).toEqual([`docs/page.md:2: ${problem}`]);
  });
});
