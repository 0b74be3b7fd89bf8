import { describe, expect, it } from 'vitest';
import { fileSizes, ratchetPath } from './file-sizes.js';
import { treeOf } from './tree.js';

const path = 'packages/core/src/large.ts';

function lines(count: number): string {
  return `${Array.from({ length: count }, (_, index) => `const line${index} = 0;`).join('\n')}\n`;
}

function withRatchet(count: number, files: object, functions: object = {}): string[] {
  return fileSizes(treeOf({ [path]: lines(count), [ratchetPath]: JSON.stringify({ files, functions }) }));
}

describe('file sizes', () => {
  it('refuses a file of more than 300 lines, and a test of more than 400', () => {
    expect(fileSizes(treeOf({ [path]: lines(300) }))).toEqual([]);
    expect(fileSizes(treeOf({ [path]: lines(301) }))).toEqual([`${path}: 301 lines, the limit is 300`]);
    const test = path.replace('.ts', '.test.ts');
    expect(fileSizes(treeOf({ [test]: lines(400) }))).toEqual([]);
    expect(fileSizes(treeOf({ [test]: lines(401) }))).toHaveLength(1);
  });

  it('lets a known large file stay as it is, and not grow', () => {
    expect(withRatchet(350, { [path]: 350 })).toEqual([]);
    expect(withRatchet(351, { [path]: 350 })).toEqual([`${path}: 351 lines, it may only shrink from 350`]);
  });

  it('asks for the row when a known file has shrunk, fits or is gone', () => {
    expect(withRatchet(340, { [path]: 350 })).toEqual([`${path}: 340 lines, lower its row in ${ratchetPath}`]);
    expect(withRatchet(300, { [path]: 350 })).toEqual([`${path}: 300 lines, remove its row from ${ratchetPath}`]);
    expect(withRatchet(1, { 'gone.ts': 350 })).toEqual([`gone.ts: is gone, remove its row from ${ratchetPath}`]);
  });

  it('refuses a function of more than 70 lines, outside tests', () => {
    const body = lines(69);
    const declared = `function long() {\n${body}}\n`;
    const assigned = `export const long = () => {\n${body}};\n`;
    const method = `class A {\n  long() {\n${body}}\n}\n`;
    for (const text of [declared, assigned, method]) {
      expect(fileSizes(treeOf({ [path]: text }))).toEqual([`${path}#long: 71 lines, the limit is 70`]);
      expect(fileSizes(treeOf({ [path.replace('.ts', '.test.ts')]: text }))).toEqual([]);
    }
    const functions = { [`${path}#long`]: 71 };
    expect(fileSizes(treeOf({ [path]: declared, [ratchetPath]: JSON.stringify({ files: {}, functions }) }))).toEqual(
      [],
    );
  });
});
