import { describe, expect, it } from 'vitest';
import { docLinks } from './doc-links.js';
import { treeOf } from './tree.js';

const guide = '# The guide\n\n## What `it` does, and why\n\n## Twice\n\n## Twice\n';

function linksIn(text: string): string[] {
  return docLinks(treeOf({ 'docs/page.md': text, 'docs/guides/first.md': guide, 'README.md': '# Top\n' }));
}

describe('links of the docs', () => {
  it.each([
    '[guide](guides/first.md)',
    '[folder](guides/)',
    '[up](../README.md "title")',
    '[heading](guides/first.md#what-it-does-and-why)',
    '[second](guides/first.md#twice-1)',
    '[here](#this-page)',
    '[web](https://example.org/nothing) and [mail](mailto:a@example.org)',
    '`[code](nowhere.md)`',
    '```\n[fenced](nowhere.md)\n```',
  ])('accepts %s', (text) => {
    expect(linksIn(`# This page\n\n${text}\n`)).toEqual([]);
  });

  it.each([
    ['[gone](guides/second.md)', 'guides/second.md does not exist'],
    ['![picture](picture.svg)', 'picture.svg does not exist'],
    ['[gone]: nowhere.md', 'nowhere.md does not exist'],
    ['[heading](guides/first.md#nothing)', 'guides/first.md#nothing names a heading that does not exist'],
    ['[here](#nothing)', '#nothing names a heading that does not exist'],
    ['[outside](../../elsewhere.md)', '../../elsewhere.md does not exist'],
  ])('refuses %s', (text, problem) => {
    expect(linksIn(`# This page\n\n${text}\n`)).toEqual([`docs/page.md:3: ${problem}`]);
  });
});
