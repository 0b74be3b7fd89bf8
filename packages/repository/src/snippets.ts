import { blocksOf, type Page } from './markdown.js';

/** A program of one page. Its lines stand where they stand in the page, so that a compiler error names the page's line. */
export interface Snippet {
  readonly page: string;
  /** Line of the first opening fence. */
  readonly line: number;
  readonly lines: string[];
  /** Whether it is executed, not only compiled. */
  run: boolean;
}

const words = ['run', 'continued'];
const otherLanguages = /^(typescript|tsx|mts|cts|js|javascript|mjs|cjs|jsx)\b/;

/**
 * The TypeScript programs of a page: each block fenced as `ts`, together with the comment `<!-- setup … -->` right
 * above it, whose lines a reader does not see. A block fenced as `ts continued` goes on with the program before it.
 * Fences that would escape the compiler are refused.
 */
export function snippetsOf({ path, text }: Page): { snippets: Snippet[]; refused: string[] } {
  const pageLines = text.split('\n');
  const snippets: Snippet[] = [];
  const refused: string[] = [];
  for (const { fence, info, lines } of blocksOf(text)) {
    const problem = refusal(info, snippets.length > 0);
    if (problem !== null) refused.push(`${path}:${fence}: ${problem}`);
    const [language, ...tags] = info.split(/\s+/);
    if (language !== 'ts' || problem !== null) continue;
    const isContinued = tags.includes('continued');
    const snippet = isContinued ? snippets.at(-1)! : emptySnippet(path, fence, pageLines.length);
    if (!isContinued) snippets.push(snippet);
    snippet.run ||= tags.includes('run');
    for (const [index, line] of lines.entries()) snippet.lines[fence + index] = line;
    for (const index of setupAbove(pageLines, fence)) snippet.lines[index] = pageLines[index]!;
  }
  return { snippets, refused };
}

function refusal(info: string, hasPrevious: boolean): string | null {
  const [language = '', ...tags] = info.split(/\s+/);
  if (otherLanguages.test(language)) return `fence this as "ts", so that it is compiled, not as "${language}"`;
  if (language !== 'ts') return null;
  const unknown = tags.find((tag) => !words.includes(tag));
  if (unknown !== undefined) return `"ts" knows ${words.join(' and ')}, not "${unknown}"`;
  return tags.includes('continued') && !hasPrevious ? 'there is nothing to continue' : null;
}

function emptySnippet(page: string, line: number, lineCount: number): Snippet {
  return { page, line, lines: Array.from({ length: lineCount }, () => ''), run: false };
}

/** Indexes of the lines inside a setup comment that ends right above a fence. */
function setupAbove(pageLines: readonly string[], fence: number): number[] {
  let end = fence - 2;
  while (pageLines[end]?.trim() === '') end -= 1;
  if (pageLines[end]?.trim() !== '-->') return [];
  const start = pageLines.lastIndexOf('<!-- setup', end);
  return start === -1 ? [] : Array.from({ length: end - start - 1 }, (_, index) => start + 1 + index);
}
