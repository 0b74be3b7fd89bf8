/** One directive of an nginx configuration; `block` is null for one that ends with a semicolon. */
export interface Directive {
  readonly name: string;
  readonly words: readonly string[];
  readonly block: readonly Directive[] | null;
}

/** The files of an nginx configuration, by path. */
export type Configuration = ReadonlyMap<string, readonly Directive[]>;

/** Reads what `nginx -T` prints: every file once, each after a line with its path. Includes are not followed. */
export function readConfiguration(dump: string): Configuration {
  const parts = dump.split(/^# configuration file (.+):$/m);
  const files = new Map<string, readonly Directive[]>();
  for (let part = 1; part + 1 < parts.length; part += 2) files.set(parts[part]!, readDirectives(parts[part + 1]!));
  return files;
}

/** Words, quoted words, comments and the three signs; nginx has no other tokens. */
const tokenPattern =
  /#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[;{}]|(?:\$\{[^}]*\}|[^\s;{}"'#])(?:\$\{[^}]*\}|[^\s;{}])*/gs;

function readDirectives(text: string): readonly Directive[] {
  const tokens = (text.match(tokenPattern) ?? []).filter((token) => !token.startsWith('#'));
  const open: Directive[][] = [[]];
  const names: { name: string; words: string[] }[] = [];
  let words: string[] = [];
  for (const token of tokens) {
    if (token === ';') {
      if (words.length > 0) open.at(-1)!.push({ name: words[0]!, words: words.slice(1), block: null });
      words = [];
    } else if (token === '{') {
      names.push({ name: words[0] ?? '', words: words.slice(1) });
      open.push([]);
      words = [];
    } else if (token === '}') {
      const block = open.length > 1 ? open.pop()! : [];
      const opened = names.pop();
      if (opened !== undefined) open.at(-1)!.push({ ...opened, block });
      words = [];
    } else words.push(unquote(token));
  }
  return open[0]!;
}

function unquote(token: string): string {
  return /^["']/.test(token) ? token.slice(1, -1).replace(/\\(["'\\])/g, '$1') : token;
}

/** Every directive of all files, blocks first named, then their content. */
export function* allDirectives(configuration: Configuration): Generator<Directive> {
  for (const directives of configuration.values()) yield* walk(directives);
}

function* walk(directives: readonly Directive[]): Generator<Directive> {
  for (const directive of directives) {
    yield directive;
    if (directive.block !== null) yield* walk(directive.block);
  }
}

/** True when `block`, or a block inside it, has a directive that `test` accepts. */
export function has(block: readonly Directive[], test: (directive: Directive) => boolean): boolean {
  for (const directive of walk(block)) if (test(directive)) return true;
  return false;
}
