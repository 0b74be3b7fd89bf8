import { lineAt, parse, type SyntaxNode, walk } from './syntax.js';
import type { Tree } from './tree.js';

/** Sizes of what was already too large when the limit came. They may only go down. */
export interface Ratchet {
  readonly files: Readonly<Record<string, number>>;
  /** Keyed `<path>#<function>`. */
  readonly functions: Readonly<Record<string, number>>;
}

export const ratchetPath = 'packages/repository/ratchet.json';

const limits = { file: 300, testFile: 400, function: 70 };

/** Files and functions over their limit, and rows of the ratchet that no longer say how large a thing is. */
export function fileSizes(tree: Tree): string[] {
  const ratchet: Ratchet = JSON.parse(tree.get(ratchetPath) ?? '{"files":{},"functions":{}}');
  const code = [...tree].filter(([path]) => /\.(ts|mjs)$/.test(path) && !path.endsWith('.d.ts'));
  const files = code.map(([path, text]) => ({
    name: path,
    lines: lineAt(text, text.trimEnd().length),
    limit: isTest(path) ? limits.testFile : limits.file,
  }));
  const functions = code.filter(([path]) => !isTest(path)).flatMap(([path, text]) => functionSizes(path, text));
  return [...compare(files, ratchet.files), ...compare(functions, ratchet.functions)];
}

interface Sized {
  readonly name: string;
  readonly lines: number;
  readonly limit: number;
}

function compare(things: readonly Sized[], known: Readonly<Record<string, number>>): string[] {
  const tooLarge = things.flatMap(({ name, lines, limit }) => {
    const before = known[name];
    if (before === undefined) return lines > limit ? [`${name}: ${lines} lines, the limit is ${limit}`] : [];
    if (lines > before) return [`${name}: ${lines} lines, it may only shrink from ${before}`];
    if (lines <= limit) return [`${name}: ${lines} lines, remove its row from ${ratchetPath}`];
    return lines < before ? [`${name}: ${lines} lines, lower its row in ${ratchetPath}`] : [];
  });
  const names = new Set(things.map(({ name }) => name));
  const gone = Object.keys(known).filter((name) => !names.has(name));
  return [...tooLarge, ...gone.map((name) => `${name}: is gone, remove its row from ${ratchetPath}`)];
}

function functionSizes(path: string, text: string): Sized[] {
  const sizes: Sized[] = [];
  walk(parse(path, text).program as SyntaxNode, (node, parent) => {
    const isFunction =
      node.type === 'FunctionDeclaration' ||
      node.type === 'FunctionExpression' ||
      node.type === 'ArrowFunctionExpression';
    if (!isFunction || node.body === null) return;
    const lines = lineAt(text, node.end) - lineAt(text, node.start) + 1;
    sizes.push({ name: `${path}#${nameOf(node, parent)}`, lines, limit: limits.function });
  });
  return sizes;
}

function nameOf(node: SyntaxNode, parent: SyntaxNode | null): string {
  for (const each of [node, parent]) {
    const label = each === null ? null : 'id' in each ? each.id : 'key' in each ? each.key : null;
    if (label !== null && typeof label === 'object' && 'name' in label) return String(label.name);
  }
  return 'anonymous';
}

function isTest(path: string): boolean {
  return /\.(test|fixture)\.ts$/.test(path);
}
