import { describe, expect, it } from 'vitest';
import { forbiddenWords } from './forbidden-words.js';
import { treeOf } from './tree.js';

// Put together here, or this file would break the rule that it tests.
const home = ['', 'home', 'me', 'file.ts'].join('/');
const workplace = ['', 'work', 'main', 'file.ts'].join('/');
const shared = ['..', 'shared', 'tools'].join('/');

function inFile(path: string, text: string): string[] {
  return forbiddenWords(treeOf({ [path]: `first line\n${text}\n` }));
}

describe('forbidden words', () => {
  it.each([home, workplace, shared, `.${'library'}`, `a ${'sub'}agent`, `${'issue'} #12`, `See ${'Issue'} 7`])(
    'refuses "%s"',
    (text) => {
      const found = inFile('docs/page.md', text);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(/^docs\/page\.md:2: /);
    },
  );

  it.each([
    'a session of the journal',
    'this work/life balance',
    'https://example.org/home/page',
    'the issue is known',
    'import from ../shared.js',
  ])('accepts "%s"', (text) => {
    expect(inFile('docs/page.md', text)).toEqual([]);
  });

  it('lets continuous integration reach its components', () => {
    expect(inFile('.ci/run', shared)).toEqual([]);
    expect(inFile('e2e/src/nginx.ts', shared)).toEqual([]);
    expect(inFile('packages/core/src/index.ts', shared)).toHaveLength(1);
  });
});
