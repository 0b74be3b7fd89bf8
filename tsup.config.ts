import { join } from 'node:path';
import { defineConfig } from 'tsup';
import { bundleEntries, foldersVariable } from './scripts/entries.mjs';

const folders = process.env[foldersVariable]?.split(',');

// The one place that knows the bundler. It writes JavaScript only; `tsc -b` writes the declarations beside it.
export default defineConfig(
  bundleEntries()
    .filter(({ folder }) => folders?.includes(folder) ?? true)
    .map(({ folder, entry }) => ({
      entry: Object.fromEntries(Object.entries(entry).map(([name, source]) => [name, join(folder, source)])),
      outDir: join(folder, 'dist'),
      tsconfig: 'tsconfig.base.json',
      format: ['esm' as const],
      platform: 'node' as const,
      target: 'node20',
      dts: false,
      clean: false,
      sourcemap: true,
      // Two entries of one package must share their modules, or there would be two of every class.
      splitting: Object.keys(entry).length > 1,
      // Every bare import stays one: a built suite or example uses the built packages, as a user does.
      skipNodeModulesBundle: true,
      removeNodeProtocol: false,
    })),
);
