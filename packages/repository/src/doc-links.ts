import { posix } from 'node:path';
import { pages, proseOf } from './markdown.js';
import type { Tree } from './tree.js';

/** Relative links of Markdown pages whose file or heading is not there. */
export function docLinks(tree: Tree): string[] {
  const folders = new Set([...tree.keys()].flatMap(parentsOf));
  return pages(tree).flatMap(({ path, text }) =>
    linksOf(text).flatMap(({ target, line }) => {
      const [file = '', anchor] = target.split('#');
      const resolved = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), decodeURIComponent(file)));
      const isFolder = folders.has(resolved.replace(/\/$/, ''));
      if (!tree.has(resolved) && !isFolder) return [`${path}:${line}: ${target} does not exist`];
      if (anchor === undefined || isFolder || !resolved.endsWith('.md')) return [];
      const hasHeading = headingAnchors(tree.get(resolved)!).includes(anchor);
      return hasHeading ? [] : [`${path}:${line}: ${target} names a heading that does not exist`];
    }),
  );
}

function linksOf(text: string): { target: string; line: number }[] {
  return proseOf(text)
    .split('\n')
    .flatMap((content, index) => {
      const withoutCode = content.replace(/`[^`]*`/g, '');
      const inline = [...withoutCode.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
      const reference = [...withoutCode.matchAll(/^\s*\[[^\]]+\]:\s*<?(\S+?)>?\s*$/g)];
      return [...inline, ...reference].map((found) => ({ target: found[1]!, line: index + 1 }));
    })
    .filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target));
}

/** The anchors that GitHub gives to headings: lower case, words joined by dashes, repeated ones numbered. */
function headingAnchors(text: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map((found) => {
    const plain = found[1]!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
