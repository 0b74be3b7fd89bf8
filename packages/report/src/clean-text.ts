const longest = 2_000;
const simple = /^[\x20-\x7e]*$/;
const lineBreaks = /[^\S ]+/gu;
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const unprintable = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/gu;
const piledMarks = /(\p{M}{2})\p{M}+/gu;

/**
 * Text from a journal, safe to write to a terminal: names, messages and reasons come from users, scripts and providers.
 * Line breaks become spaces, what is invisible or turns the writing direction goes, control characters become `�`.
 */
export function cleanText(text: string): string {
  const start = text.slice(0, longest);
  if (simple.test(start)) return start;
  return start.replace(lineBreaks, ' ').replace(invisible, '').replace(unprintable, '\ufffd').replace(piledMarks, '$1');
}

const plainForms: Readonly<Record<string, string>> = {
  '→': '->',
  '←': '<-',
  '≤': '<=',
  '≥': '>=',
  '×': 'x',
  '…': '...',
  '–': '-',
  '—': '-',
  '·': '.',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
};

/** Clean text for a terminal that shows nothing but ASCII. */
export function plainText(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => plainForms[character] ?? '?');
}
