import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { declaredDependencies } from './declared-dependencies.js';
import { docLinks } from './doc-links.js';
import { errorPages } from './error-pages.js';
import { fileSizes } from './file-sizes.js';
import { forbiddenWords } from './forbidden-words.js';
import { importDirections } from './import-directions.js';
import { importEffects, pureEntries } from './import-effects.js';
import { manifests } from './manifests.js';
import { pages } from './markdown.js';
import { exportShape, moduleState } from './module-shape.js';
import { projectReferences } from './project-references.js';
import { purity, realTime } from './purity.js';
import { repositoryRoot } from './repository-root.js';
import { checkSnippets } from './snippet-programs.js';
import { snippetsOf } from './snippets.js';
import { readTree } from './tree.js';

describe('this repository', () => {
  const tree = readTree(repositoryRoot);

  it.each([
    ['imports point up the floor plan', importDirections],
    ['manifests declare what is imported', declaredDependencies],
    ['machine and gates are pure', purity],
    ['real time enters through its doors', realTime],
    ['exports are named one by one', exportShape],
    ['modules keep no state', moduleState],
    ['files and functions are small', fileSizes],
    ['every error code has its page', errorPages],
    ['links of the docs lead somewhere', docLinks],
    ['files say nothing about where they were written', forbiddenWords],
    ['manifests are alike', manifests],
    ['TypeScript projects reference what they use', projectReferences],
  ])('%s', { timeout: 60_000 }, (_, check) => {
    expect(tree.size).toBeGreaterThan(50);
    expect(check(tree)).toEqual([]);
  });

  it.each(pureEntries(tree))('importing %s does nothing', { timeout: 60_000 }, async (entry) => {
    expect(await importEffects(join(repositoryRoot, entry))).toEqual([]);
  });

  it('programs in the docs compile, and run where they say so', { timeout: 120_000 }, async () => {
    const found = pages(tree).map(snippetsOf);
    expect(found.flatMap(({ refused }) => refused)).toEqual([]);
    expect(
      await checkSnippets(
        repositoryRoot,
        tree,
        found.flatMap(({ snippets }) => snippets),
      ),
    ).toEqual([]);
  });
});
