import { describe, expect, it } from 'vitest';
import { declaredDependencies } from './declared-dependencies.js';
import { manifestOf, sampleTree } from './sample.fixture.js';

const machine = 'packages/machine/package.json';
const dependencies = { '@bluegreen/contract': 'workspace:*', xstate: '5.33.3' };

describe('declared dependencies', () => {
  it('accepts manifests that name what their files import', () => {
    expect(declaredDependencies(sampleTree())).toEqual([]);
  });

  it('refuses an import that no manifest names', () => {
    const found = declaredDependencies(sampleTree({ 'packages/machine/src/wrong.ts': "import 'valibot/sub/path';" }));
    expect(found).toEqual(['packages/machine/src/wrong.ts: imports valibot, which dependencies does not name']);
  });

  it('refuses a dependency that no file imports', () => {
    const manifest = manifestOf('machine', { dependencies: { ...dependencies, valibot: '1.5.0' } });
    expect(declaredDependencies(sampleTree({ [machine]: manifest }))).toEqual([
      'packages/machine: declares valibot and does not import it',
    ]);
  });

  it('refuses a dependency that only tests import', () => {
    const manifest = manifestOf('machine', { dependencies: { ...dependencies, 'fast-check': '4' } });
    const found = declaredDependencies(
      sampleTree({ [machine]: manifest, 'packages/machine/src/index.test.ts': "import 'fast-check';" }),
    );
    expect(found).toEqual(['packages/machine: declares fast-check and does not import it']);
  });

  it('refuses a production import that only devDependencies name', () => {
    const manifest = manifestOf('machine', { dependencies, devDependencies: { valibot: '1.5.0' } });
    const found = declaredDependencies(
      sampleTree({ [machine]: manifest, 'packages/machine/src/wrong.ts': "import 'valibot';" }),
    );
    expect(found).toHaveLength(2);
  });

  it('lets tests use the root manifest, their devDependencies and their own package', () => {
    const manifest = manifestOf('machine', { dependencies, devDependencies: { '@bluegreen/core': 'workspace:*' } });
    const test = "import 'vitest';\nimport '@bluegreen/core';\nimport '@bluegreen/machine';\n";
    expect(
      declaredDependencies(sampleTree({ [machine]: manifest, 'packages/machine/src/index.test.ts': test })),
    ).toEqual([]);
    expect(declaredDependencies(sampleTree({ [machine]: manifest }))).toEqual([
      'packages/machine: declares @bluegreen/core for tests and no test imports it',
    ]);
  });

  it('refuses an undeclared import of an example', () => {
    const found = declaredDependencies(
      sampleTree({
        'examples/first/package.json': JSON.stringify({ name: 'first', private: true, dependencies: { unused: '1' } }),
        'examples/first/src/main.ts': "import '@bluegreen/core';",
      }),
    );
    expect(found).toEqual(['examples/first/src/main.ts: imports @bluegreen/core, which package.json does not name']);
  });

  it('refuses a module of Node without its prefix', () => {
    expect(declaredDependencies(sampleTree({ 'packages/machine/src/wrong.ts': "import 'fs';" }))).toHaveLength(1);
  });
});
