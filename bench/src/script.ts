import { type Fact, isFact } from '@bluegreen/machine';
import { simulate } from '@bluegreen/simulator';
import { careful } from './policy.js';

/** How often a read that told something is read again before the next thing happens: most reads tell nothing new. */
const repeats = 60;

/** Every fact of one good release, in order, with the reads in between that told nothing new. */
export function factScript(): readonly Fact[] {
  const facts = simulate({ policy: careful, seed: 7 }).records.flatMap(({ event }) => (isFact(event) ? [event] : []));
  return facts.flatMap((fact, index) => {
    const until = facts[index + 1]?.at ?? fact.at;
    const isRead = fact.type === 'routing-observed' || fact.type === 'environment-observed';
    if (!isRead || until - fact.at < repeats + 1) return [fact];
    const stepMs = Math.floor((until - fact.at) / (repeats + 1));
    return [fact, ...Array.from({ length: repeats }, (_, count) => ({ ...fact, at: fact.at + stepMs * (count + 1) }))];
  });
}
