import { importedModules, lineAt, parse, type SyntaxNode, walk } from './syntax.js';
import type { Tree } from './tree.js';
import { productionFiles, type SourceFile } from './workspace.js';

const pureFolders = ['packages/machine/', 'packages/gates/'];

/** The files through which real time enters. Everything else gets a clock from its caller, or it could not be simulated. */
const doorsOfTime = [
  'packages/contract/src/system-clock.ts',
  'packages/core/src/journal/host.ts',
  'packages/nginx/src/settings.ts',
  'packages/simulator/src/clock/pump.ts',
];

const ambient = 'Date Temporal performance crypto process globalThis console fetch queueMicrotask';
const timers = 'setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate';
const impureNames = new Set(`${ambient} ${timers}`.split(' '));
const timeNames = new Set(`performance ${timers}`.split(' '));

/** Clocks, timers, randomness and Node in the packages that must be pure, or their replay would differ. */
export function purity(tree: Tree): string[] {
  return productionFiles(tree)
    .filter(({ path }) => pureFolders.some((folder) => path.startsWith(folder)))
    .flatMap((file) => [
      ...importedModules(file.path, file.text)
        .filter((specifier) => specifier.startsWith('node:'))
        .map((specifier) => `${file.path}: imports ${specifier}`),
      ...uses(file, (node, parent, field) =>
        isMember(node, 'Math', 'random') ? 'Math.random' : freeName(node, parent, field, impureNames),
      ),
    ]);
}

/** Real clocks, timers and unseeded randomness anywhere but in the few files that are their doors. */
export function realTime(tree: Tree): string[] {
  return productionFiles(tree)
    .filter(({ path }) => !doorsOfTime.includes(path))
    .flatMap((file) =>
      uses(file, (node, parent, field) => {
        if (isMember(node, 'Math', 'random')) return 'Math.random';
        if (isMember(node, 'Date', 'now')) return 'Date.now';
        const isNow = node.type === 'NewExpression' && isNamed(node.callee, 'Date') && node.arguments.length === 0;
        return isNow ? 'new Date()' : freeName(node, parent, field, timeNames);
      }),
    );
}

type Look = (node: SyntaxNode, parent: SyntaxNode | null, field: string) => string | null;

function uses({ path, text }: SourceFile, look: Look): string[] {
  const found: string[] = [];
  walk(parse(path, text).program as SyntaxNode, (node, parent, field) => {
    const name = look(node, parent, field);
    if (name !== null) found.push(`${path}:${lineAt(text, node.start)}: uses ${name}`);
  });
  return found;
}

/** The identifier's name if it is one of `names` and no mere label: `clock.setTimeout`, `{ process: … }`, a method's name. */
function freeName(
  node: SyntaxNode,
  parent: SyntaxNode | null,
  field: string,
  names: ReadonlySet<string>,
): string | null {
  if (node.type !== 'Identifier' || !names.has(node.name)) return null;
  const isComputed = parent !== null && 'computed' in parent && parent.computed;
  return (field === 'property' || field === 'key') && !isComputed ? null : node.name;
}

function isMember(node: SyntaxNode, object: string, property: string): boolean {
  if (node.type !== 'MemberExpression' || !isNamed(node.object, object)) return false;
  return isNamed(node.property, property) || (node.property.type === 'Literal' && node.property.value === property);
}

function isNamed(node: { readonly type: string; readonly name?: unknown }, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}
