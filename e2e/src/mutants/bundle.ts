import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Mutant } from './mutant.js';

const program = fileURLToPath(new URL('../src/mutants/player.ts', import.meta.url));

/** The player with every package of this repository in it, from their sources, as a program that no file holds. */
export async function bundlePlayer(root: string, mutant: Mutant | null): Promise<URL> {
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['bluegreen-source'],
    logLevel: 'silent',
    plugins: mutant === null ? [] : [mutation(root, mutant)],
  });
  return new URL(`data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`);
}

/** What is loaded in place of the one file; nothing is written to disk. */
function mutation(root: string, { name, file, text, becomes }: Mutant): Plugin {
  const path = join(root, file);
  return {
    name: 'mutant',
    setup({ onLoad, onEnd }) {
      let isLoaded = false;
      onLoad({ filter: /\.ts$/ }, (loading) => {
        if (loading.path !== path) return null;
        isLoaded = true;
        return { contents: readFileSync(path, 'utf8').replace(text, () => becomes), loader: 'ts' };
      });
      onEnd(() => {
        if (!isLoaded) throw new Error(`${name}: ${file} is not part of the simulation`);
      });
    },
  };
}
