import { type ESTree, type ParseResult, parseSync } from 'vite';

export type SyntaxNode = ESTree.Node & { readonly start: number; readonly end: number };

// Every check reads the same files, and parsing is most of their cost.
const parsed = new Map<string, ParseResult>();

/** Parses one TypeScript or JavaScript file. Throws with its path when it is not valid syntax. */
export function parse(path: string, text: string): ParseResult {
  const key = `${path}\n${text}`;
  const result = parsed.get(key) ?? parseSync(path, text);
  parsed.set(key, result);
  const [error] = result.errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  return result;
}

/** Calls `visit` for every node below `node`, with its parent and the parent's field that holds it. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | null, field: string) => void,
  parent: SyntaxNode | null = null,
  field = '',
): void {
  visit(node, parent, field);
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit, node, key);
    }
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** Line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Every module that a file names: imports, re-exports, `import()` and types, each once. */
export function importedModules(path: string, text: string): string[] {
  const result = parse(path, text);
  const { staticImports, staticExports } = result.module;
  const found = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value)),
  ];
  // The tree costs ten times as much as the lists above; most files have nothing to find in it.
  if (/\bimport\s*\(/.test(text)) {
    walk(result.program as SyntaxNode, (node) => {
      if ((node.type === 'ImportExpression' || node.type === 'TSImportType') && node.source.type === 'Literal') {
        found.push(String(node.source.value));
      }
    });
  }
  return [...new Set(found.filter((each) => each !== undefined))];
}

/** The package of a bare import (`@scope/name`, `name`), or null for a relative import and for a module of Node. */
export function packageOf(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('/') || specifier.startsWith('node:')) return null;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
