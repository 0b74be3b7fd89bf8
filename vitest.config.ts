import { defineConfig } from 'vitest/config';

// Tests run on the TypeScript sources: no build stands between an edit and its test.
const conditions = ['bluegreen-source', 'import', 'module', 'node', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts'], passWithNoTests: false },
});
