import { lineAt, parse, type SyntaxNode } from './syntax.js';
import type { Tree } from './tree.js';
import { allPackages, productionFiles, type SourceFile, sourceFiles } from './workspace.js';

/** `export *` and default exports anywhere in `src`: the public surface is a list of names that somebody wrote. */
export function exportShape(tree: Tree): string[] {
  return allPackages(tree)
    .flatMap(({ folder }) => sourceFiles(tree, folder))
    .flatMap(({ path, text }) =>
      parse(path, text).module.staticExports.flatMap(({ start, entries }) =>
        entries.flatMap(({ importName, exportName }) => {
          const line = `${path}:${lineAt(text, start)}`;
          if (importName.kind === 'All' || importName.kind === 'AllButDefault') return [`${line}: export *`];
          return exportName.kind === 'Default' || exportName.name === 'default' ? [`${line}: default export`] : [];
        }),
      ),
    );
}

/**
 * State at the top of a published module: a variable that can be assigned, or a container that starts empty. Two
 * releasers of one process would share it.
 */
export function moduleState(tree: Tree): string[] {
  return productionFiles(tree).flatMap(({ path, text }) =>
    topLevelDeclarations(path, text).flatMap((declaration) => {
      const line = `${path}:${lineAt(text, declaration.start)}`;
      if (declaration.kind !== 'const') return [`${line}: module-level ${declaration.kind}`];
      return declaration.declarations.some(({ id, init }) => init !== null && isEmptyContainer(init) && !isReadonly(id))
        ? [`${line}: module-level container that starts empty`]
        : [];
    }),
  );
}

type Declaration = SyntaxNode & { type: 'VariableDeclaration' };

function topLevelDeclarations(path: SourceFile['path'], text: SourceFile['text']): Declaration[] {
  return parse(path, text)
    .program.body.map((each) => (each.type === 'ExportNamedDeclaration' ? each.declaration : each))
    .filter((each): each is Declaration => each?.type === 'VariableDeclaration' && each.declare !== true);
}

function isEmptyContainer(init: object): boolean {
  const node = init as SyntaxNode;
  if (node.type === 'ArrayExpression') return node.elements.length === 0;
  if (node.type === 'ObjectExpression') return node.properties.length === 0;
  const containers = ['Map', 'Set', 'WeakMap', 'WeakSet', 'Array'];
  if (node.type !== 'NewExpression' || node.callee.type !== 'Identifier') return false;
  return containers.includes(node.callee.name) && node.arguments.length === 0;
}

/** Nothing can be put into what its declared type calls readonly. */
function isReadonly(id: object): boolean {
  const type =
    'typeAnnotation' in id ? (id.typeAnnotation as { typeAnnotation: SyntaxNode } | null)?.typeAnnotation : null;
  if (type?.type === 'TSTypeOperator') return type.operator === 'readonly';
  return (
    type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name.startsWith('Readonly')
  );
}
