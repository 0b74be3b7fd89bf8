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
  },
});
