import { importedModules, lineAt, parse, type SyntaxNode, walk } from './syntax.js';
import type { Tree } from './tree.js';
import { sourceFiles } from './workspace.js';

const purePackages = ['packages/machine', 'packages/gates'];

const ambient = 'Date Temporal performance crypto process globalThis console fetch queueMicrotask';
const timers = 'setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate';
const impureNames = new Set(`${ambient} ${timers}`.split(' '));

/** Clocks, timers, randomness and Node in the packages that must be pure, or their replay would differ. */
export function purity(tree: Tree): string[] {
  return purePackages
    .flatMap((folder) => sourceFiles(tree, folder).filter(({ isTest }) => !isTest))
    .flatMap(({ path, text }) => [
      ...importedModules(path, text)
        .filter((specifier) => specifier.startsWith('node:'))
        .map((specifier) => `${path}: imports ${specifier}`),
      ...impureUses(path, text),
    ]);
}

function impureUses(path: string, text: string): string[] {
  const found: string[] = [];
  walk(parse(path, text).program as SyntaxNode, (node, parent, field) => {
    const name = impureName(node, parent, field);
    if (name !== null) found.push(`${path}:${lineAt(text, node.start)}: uses ${name}`);
  });
  return found;
}

function impureName(node: SyntaxNode, parent: SyntaxNode | null, field: string): string | null {
  if (node.type === 'MemberExpression') return isMathRandom(node) ? 'Math.random' : null;
  if (node.type !== 'Identifier' || !impureNames.has(node.name)) return null;
  // A name that is only a label: `clock.setTimeout`, `{ process: … }`, `setTimeout(…): void` in an interface.
  const isLabel =
    (field === 'property' || field === 'key') && parent !== null && !('computed' in parent && parent.computed);
  return isLabel ? null : node.name;
}

function isMathRandom(node: SyntaxNode & { type: 'MemberExpression' }): boolean {
  const { object, property } = node;
  const key = property.type === 'Literal' ? property.value : property.type === 'Identifier' ? property.name : null;
  return object.type === 'Identifier' && object.name === 'Math' && key === 'random';
}
