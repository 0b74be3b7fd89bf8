import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One guard that is taken away or turned round: a piece of the source, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  /** The rule of the design that it breaks (`rule 3`), or what it guards. */
  readonly of: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly becomes: string;
  /** Worlds that are played first: names, or the beginnings of names. Every mutant is judged in all of them. */
  readonly first?: readonly string[];
  /** What it would need to be killed, or what else keeps the promise. Left out: it is killed. */
  readonly survives?: string;
}

/** A mutant whose text is gone, or there twice, says nothing any more: it is written anew, or taken out. */
export function staleMutants(root: string, mutants: readonly Mutant[]): readonly string[] {
  return mutants.flatMap(({ name, file, text, becomes }) => {
    const count = readFileSync(join(root, file), 'utf8').split(text).length - 1;
    if (count !== 1) return [`${name}: its text stands ${count} times in ${file}`];
    return text === becomes ? [`${name}: it changes nothing`] : [];
  });
}
