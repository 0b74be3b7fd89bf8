import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importEffects, pureEntries } from './import-effects.js';
import { manifestOf, sampleTree } from './sample.fixture.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-effects-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function effectsOf(text: string): Promise<string[]> {
  const file = join(folder, 'entry.ts');
  writeFileSync(file, `${text}\nexport {};\n`);
  return importEffects(file);
}

describe('effects of an import', { timeout: 60_000 }, () => {
  it('finds none in a module that only declares', async () => {
    expect(
      await effectsOf("import { createServer } from 'node:http';\nexport const make = () => createServer();"),
    ).toEqual([]);
  });

  it.each([
    ['setTimeout(() => {}, 10);', 'makes Timeout'],
    ['setInterval(() => {}, 10).unref();', 'makes Timeout'],
    ["import { createServer } from 'node:net';\ncreateServer().listen(0).unref();", 'makes TCPSERVERWRAP'],
    ['Object.assign(globalThis, { planted: 1 });', 'adds global planted'],
    ["process.on('SIGUSR2', () => {});", 'adds listener SIGUSR2'],
    ["console.log('hello');", 'prints "hello\\n"'],
  ])('finds %s', async (text, effect) => {
    expect(await effectsOf(text)).toContain(effect);
  });

  it('finds an import that fails', async () => {
    expect((await effectsOf("throw new Error('planted');"))[0]).toMatch(/^the import fails: .*planted/s);
  });
});

describe('entries without effects', () => {
  it('leaves out what the manifest declares', () => {
    const vitest = { 'bluegreen-source': './src/vitest.ts', types: './dist/vitest.d.ts', default: './dist/vitest.js' };
    const main = { 'bluegreen-source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' };
    const files = { 'packages/machine/src/vitest.ts': '' };
    const exportsMap = { '.': main, './vitest': vitest };
    const entriesWith = (sideEffects: unknown) =>
      pureEntries(
        sampleTree({
          ...files,
          'packages/machine/package.json': manifestOf('machine', { exports: exportsMap, sideEffects }),
        }),
      );
    const both = ['packages/contract/src/index.ts', 'packages/machine/src/index.ts'];
    expect(entriesWith(['./dist/vitest.js'])).toEqual(both);
    expect(entriesWith(false)).toEqual([...both, 'packages/machine/src/vitest.ts']);
  });
});
