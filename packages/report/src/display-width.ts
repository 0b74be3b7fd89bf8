// East Asian Wide and Fullwidth of Unicode Standard Annex 11, in blocks; where a block mixes widths, the wider one.
const wide =
  /[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18fff}\u{1aff0}-\u{1b2ff}\u{1d15e}-\u{1d164}\u{1d1bb}-\u{1d1c0}\u{1d300}-\u{1d376}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const above = /[\p{Mn}\p{Me}]/u;
const simple = /^[\x20-\x7e]*$/;

/** Columns that clean text takes in a terminal. */
export function displayWidth(text: string): number {
  if (simple.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Columns of one code point: 0, 1 or 2. */
export function characterWidth(character: string): number {
  const code = character.codePointAt(0)!;
  // Latin letters, and the arrows, lines and blocks of which a report is drawn.
  if (code < 0x300 || (code >= 0x2190 && code < 0x231a) || (code >= 0x2500 && code < 0x25fd)) return 1;
  if (wide.test(character)) return 2;
  return above.test(character) ? 0 : 1;
}
