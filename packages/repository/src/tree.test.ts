import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTree } from './tree.js';

it('reads a folder that git does not know, without what is installed or built and without binary files', () => {
  const root = mkdtempSync(join(tmpdir(), 'tree-test-'));
  try {
    for (const path of ['src/a.ts', 'node_modules/b/index.js', 'packages/c/dist/index.js', 'packages/c/src/c.ts']) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), path);
    }
    writeFileSync(join(root, 'picture.png'), new Uint8Array([137, 80, 0, 1]));
    expect([...readTree(root)]).toEqual([
      ['packages/c/src/c.ts', 'packages/c/src/c.ts'],
      ['src/a.ts', 'src/a.ts'],
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
