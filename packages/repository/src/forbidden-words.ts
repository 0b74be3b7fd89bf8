import type { Tree } from './tree.js';

interface Rule {
  readonly pattern: RegExp;
  readonly why: string;
  /** Paths that may say it. */
  readonly except?: RegExp;
}

// The test components of the machine that runs continuous integration lie beside the checkout.
const ciFiles = /^(\.ci\/|e2e\/src\/|scripts\/ci)/;

const rules: readonly Rule[] = [
  { pattern: /\/work\/(?=[\w.])/, why: 'a path of one machine' },
  { pattern: /(?<![\w$}])\/(home|Users|root)\/\w/, why: 'a path of one machine' },
  { pattern: /[.]library\b/, why: 'a path of one machine' },
  { pattern: /(?<![\w./])\.\.\/shared\//, why: 'a folder outside the repository', except: ciFiles },
  { pattern: /\bsub-?agent/i, why: 'how this was made does not belong in it' },
  { pattern: /\bissue #?\d+/i, why: 'say the reason itself, the number means nothing here' },
];

/** Words and paths that tell where or how a file was written instead of what it does. */
export function forbiddenWords(tree: Tree): string[] {
  return [...tree]
    .filter(([path]) => path !== 'pnpm-lock.yaml' && path !== 'LICENSE')
    .flatMap(([path, text]) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          rules
            .filter(({ pattern, except }) => pattern.test(line) && except?.test(path) !== true)
            .map(({ pattern, why }) => `${path}:${index + 1}: "${pattern.exec(line)![0]}" is ${why}`),
        ),
    );
}
