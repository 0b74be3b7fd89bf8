import { lineAt, parse, type SyntaxNode, walk } from './syntax.js';
import type { Tree } from './tree.js';
import { productionFiles, type SourceFile } from './workspace.js';

const codePattern = /^[a-z][a-z0-9-]*\/[a-z0-9-]+$/;
const errorClass = { name: 'BluegreenError', home: 'packages/contract/src/error.ts' };

/** Error codes without a page, pages without a code, codes that two tables share, and errors that bypass the tables. */
export function errorPages(tree: Tree): string[] {
  const files = productionFiles(tree);
  const codes = files.flatMap(codesOf);
  const known = new Set(codes.map(({ code }) => code));
  const missing = codes.flatMap(({ code, place }) => {
    const page = tree.get(`docs/errors/${code}.md`);
    if (page === undefined) return [`${place}: ${code} has no page docs/errors/${code}.md`];
    return page.split('\n')[0] === `# ${code}` ? [] : [`docs/errors/${code}.md: the first line is not "# ${code}"`];
  });
  const shared = codes
    .filter(({ code }, index) => codes.findIndex((each) => each.code === code) !== index)
    .map(({ code, place }) => `${place}: ${code} stands in a table before`);
  const misplaced = [...new Set(codes.map(({ path }) => path))]
    .filter((path) => !path.endsWith('error-codes.ts'))
    .map((path) => `${path}: a table of codes belongs in error-codes.ts`);
  const orphans = [...tree.keys()]
    .map((path) => /^docs\/errors\/(.+\/.+)\.md$/.exec(path)?.[1])
    .filter((code) => code !== undefined && !known.has(code))
    .map((code) => `docs/errors/${code}.md: no table has the code ${code}`);
  return [...missing, ...shared, ...misplaced, ...orphans, ...files.flatMap(bareErrors)];
}

/** A row of a table, wherever it stands: a key that reads like a code, with a `reaction`. */
function codesOf({ path, text }: SourceFile): { code: string; path: string; place: string }[] {
  const found: { code: string; path: string; place: string }[] = [];
  walk(parse(path, text).program as SyntaxNode, (node) => {
    if (node.type !== 'Property' || node.key.type !== 'Literal' || node.value.type !== 'ObjectExpression') return;
    const code = String(node.key.value);
    const isRow = node.value.properties.some(
      (each) => each.type === 'Property' && each.key.type === 'Identifier' && each.key.name === 'reaction',
    );
    if (isRow && codePattern.test(code)) found.push({ code, path, place: `${path}:${lineAt(text, node.start)}` });
  });
  return found;
}

function bareErrors({ path, text }: SourceFile): string[] {
  const found: string[] = [];
  walk(parse(path, text).program as SyntaxNode, (node) => {
    const isBare =
      node.type === 'NewExpression' && node.callee.type === 'Identifier' && node.callee.name === errorClass.name;
    if (isBare && path !== errorClass.home) {
      found.push(`${path}:${lineAt(text, node.start)}: makes an error without a table; use failures(table)`);
    }
  });
  return found;
}
