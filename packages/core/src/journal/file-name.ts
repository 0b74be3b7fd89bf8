import { createHash } from 'node:crypto';

/** Longest result of `encodeName`: leaves room for a number before or after it within the usual 255 bytes. */
const longestName = 180;
const keptOfLongName = 120;

/**
 * A file name for any text from a user: no separator, no leading dot or dash, and no two texts that differ only in
 * case, for file systems that ignore it. Readable where the text is; different texts get different names. A text that
 * would get too long is shortened, with a digest after `~`.
 */
export function encodeName(text: string): string {
  if (text === '') return '%';
  let name = '';
  for (let index = 0; index < text.length; index += 1) {
    name += encodeUnit(text.charCodeAt(index), index === 0 || index === text.length - 1);
  }
  if (name.length <= longestName) return name;
  // Hashed as UTF-16 units, because UTF-8 makes all lone surrogates equal.
  const digest = createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex').slice(0, 40);
  return `${name.slice(0, keptOfLongName)}~${digest}`;
}

/** The text of a name, or `null` when it was shortened or is none of ours. */
export function decodeName(name: string): string | null {
  if (isShortened(name)) return null;
  const text =
    name === '%'
      ? ''
      : name.replace(/%u([0-9a-f]{4})|%([0-9a-f]{2})/g, (_, wide: string | undefined, narrow: string | undefined) =>
          String.fromCharCode(Number.parseInt(wide ?? narrow!, 16)),
        );
  return encodeName(text) === name ? text : null;
}

/** True for the name of a text that was too long to be in it. */
export function isShortened(name: string): boolean {
  return name.includes('~');
}

function encodeUnit(unit: number, atTheEdge: boolean): string {
  const character = String.fromCharCode(unit);
  if (/[a-z0-9_]/.test(character) || (!atTheEdge && /[.-]/.test(character))) return character;
  return unit < 0x80 ? `%${unit.toString(16).padStart(2, '0')}` : `%u${unit.toString(16).padStart(4, '0')}`;
}
