import { describe, expect, it } from 'vitest';
import { errorPages } from './error-pages.js';
import { sampleTree } from './sample.fixture.js';

const table = 'packages/machine/src/error-codes.ts';
const row = "{ message: 'No.', hint: 'Stop.', reaction: 'permanent' }";
const codes = `export const errorCodes = {\n  'machine/wrong': ${row},\n} as const;\n`;
const page = { 'docs/errors/machine/wrong.md': '# machine/wrong\n\nIt is wrong.\n' };

describe('error pages', () => {
  it('accepts a code with its page', () => {
    expect(errorPages(sampleTree({ [table]: codes, ...page }))).toEqual([]);
  });

  it('refuses a code without a page', () => {
    expect(errorPages(sampleTree({ [table]: codes }))).toEqual([
      `${table}:2: machine/wrong has no page docs/errors/machine/wrong.md`,
    ]);
  });

  it('refuses a page without a code, and one that begins with another title', () => {
    expect(errorPages(sampleTree(page))).toEqual(['docs/errors/machine/wrong.md: no table has the code machine/wrong']);
    const other = { 'docs/errors/machine/wrong.md': '# Wrong\n' };
    expect(errorPages(sampleTree({ [table]: codes, ...other }))).toHaveLength(1);
  });

  it('refuses a code in two tables', () => {
    const second = { 'packages/contract/src/error-codes.ts': codes };
    expect(errorPages(sampleTree({ [table]: codes, ...second, ...page }))).toEqual([
      `${table}:2: machine/wrong stands in a table before`,
    ]);
  });

  it('finds a table that hides under another name', () => {
    expect(errorPages(sampleTree({ 'packages/machine/src/failures.ts': codes, ...page }))).toEqual([
      'packages/machine/src/failures.ts: a table of codes belongs in error-codes.ts',
    ]);
  });

  it('refuses an error that no table made', () => {
    const text =
      "import { BluegreenError } from '@bluegreen/contract';\nthrow new BluegreenError('machine/new', entry);\n";
    expect(errorPages(sampleTree({ 'packages/machine/src/wrong.ts': text }))).toEqual([
      'packages/machine/src/wrong.ts:2: makes an error without a table; use failures(table)',
    ]);
  });
});
