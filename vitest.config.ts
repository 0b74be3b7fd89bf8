import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Tests run on the TypeScript sources: no build stands between an edit and its test.
// Without `module`: what stands there is for bundlers, and Node can't load all of it.
const conditions = ['bluegreen-source', 'import', 'node', 'default'];

export default defineConfig({
  resolve: {
    conditions,
    alias: [{ find: /^fast-check$/, replacement: fileURLToPath(new URL('scripts/fast-check.mjs', import.meta.url)) }],
  },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts'],
    passWithNoTests: false,
    // Bounds what hangs, and judges no speed: a loaded machine must not fail a test that would pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
