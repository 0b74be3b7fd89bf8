/** Longer words are no typing mistakes, and comparing them costs. */
const longest = 64;

/**
 * The word that was probably meant, or `null`: at most one edit per three letters away, case ignored.
 * Optimal string alignment: an edit is one letter more, less, other, or two that changed places.
 */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  if (word.length > longest) return null;
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let nearest: string | null = null;
  let fewest = allowed + 1;
  for (const candidate of known) {
    if (candidate.length > longest || Math.abs(candidate.length - word.length) > allowed) continue;
    const edits = editsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (edits >= fewest) continue;
    fewest = edits;
    nearest = candidate;
  }
  return nearest;
}

function editsBetween(a: string, b: string): number {
  let twoAbove: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let edits = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + same);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits = Math.min(edits, twoAbove[column - 2]! + 1);
      current.push(edits);
    }
    twoAbove = above;
    above = current;
  }
  return above[b.length]!;
}
