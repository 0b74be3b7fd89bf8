import { blocksOf, type Page } from './markdown.js';

/** A program of one page. Its lines stand where they stand in the page, so that a compiler error names the page's line. */
export interface Snippet {
  readonly page: string;
  /** Line of the first opening fence. */
  readonly line: number;
  /** Without its extension; `null`: nothing of the page imports it. */
  readonly name: string | null;
  readonly lines: string[];
  /** Whether it is executed, not only compiled. */
  run: boolean;
}

const words = ['run', 'continued'];
const fileName = /^([a-z][a-z0-9-]*)\.ts$/;
const otherLanguages = /^(typescript|tsx|mts|cts|js|javascript|mjs|cjs|jsx)\b/;

/**
 * The TypeScript programs of a page: each block fenced as `ts`, together with the comment `<!-- setup … -->` right
 * above it, whose lines a reader does not see. A block fenced as `ts continued` goes on with the program before it;
 * the other programs of the page can import one that is fenced with a file's name, as in `ts policy.ts`. Fences that would escape the compiler are refused.
 */
export function snippetsOf({ path, text }: Page): { snippets: Snippet[]; refused: string[] } {
  const pageLines = text.split('\n');
  const snippets: Snippet[] = [];
  const refused: string[] = [];
  for (const { fence, info, lines } of blocksOf(text)) {
    const problem = refusal(info, snippets);
    if (problem !== null) refused.push(`${path}:${fence}: ${problem}`);
    const [language, ...tags] = info.split(/\s+/);
    if (language !== 'ts' || problem !== null) continue;
    const isContinued = tags.includes('continued');
    const snippet = isContinued ? snippets.at(-1)! : emptySnippet(path, fence, nameIn(tags), pageLines.length);
    if (!isContinued) snippets.push(snippet);
    snippet.run ||= tags.includes('run');
    for (const [index, line] of lines.entries()) snippet.lines[fence + index] = line;
    for (const index of setupAbove(pageLines, fence)) snippet.lines[index] = pageLines[index]!;
  }
  return { snippets, refused };
}

function refusal(info: string, before: readonly Snippet[]): string | null {
  const [language = '', ...tags] = info.split(/\s+/);
  if (otherLanguages.test(language)) return `fence this as "ts", so that it is compiled, not as "${language}"`;
  if (language !== 'ts') return null;
  const unknown = tags.find((tag) => !words.includes(tag) && !fileName.test(tag));
  if (unknown !== undefined) return `"ts" knows ${words.join(', ')} and a file's name, not "${unknown}"`;
  const name = nameIn(tags);
  if (name !== null && before.some((each) => each.name === name)) return `the page has a ${name}.ts before`;
  return tags.includes('continued') && before.length === 0 ? 'there is nothing to continue' : null;
}

function nameIn(tags: readonly string[]): string | null {
  return tags.map((tag) => fileName.exec(tag)?.[1]).find((name) => name !== undefined) ?? null;
}

function emptySnippet(page: string, line: number, name: string | null, lineCount: number): Snippet {
  return { page, line, name, lines: Array.from({ length: lineCount }, () => ''), run: false };
}

/** Indexes of the lines inside a setup comment that ends right above a fence. */
function setupAbove(pageLines: readonly string[], fence: number): number[] {
  let end = fence - 2;
  while (pageLines[end]?.trim() === '') end -= 1;
  if (pageLines[end]?.trim() !== '-->') return [];
  const start = pageLines.lastIndexOf('<!-- setup', end);
  return start === -1 ? [] : Array.from({ length: end - start - 1 }, (_, index) => start + 1 + index);
}
