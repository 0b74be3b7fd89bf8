import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearestWord } from './did-you-mean.js';

const keys = ['hold', 'gates', 'audience', 'audiences', 'guardrails', 'to'];

it.each([
  ['hodl', 'hold'],
  ['gate', 'gates'],
  ['Hold', 'hold'],
  ['guardrials', 'guardrails'],
  ['audence', 'audience'],
  ['ot', 'to'],
  ['banana', null],
  ['', null],
  ['guardrails'.repeat(7), null],
])('takes %s for %s', (word, meant) => {
  expect(nearestWord(word, keys)).toBe(meant);
});

it('finds a word again after any single slip', () => {
  const slip = fc.record({
    word: fc.constantFrom(...keys.filter((key) => key.length > 3)),
    place: fc.nat(20),
    letter: fc.constantFrom(...'abcxyz'),
  });
  fc.assert(
    fc.property(slip, fc.constantFrom('drop', 'double', 'change', 'swap'), ({ word, place, letter }, kind) => {
      const at = place % word.length;
      const [before, after] = [word.slice(0, at), word.slice(at + 1)];
      const slipped = {
        drop: before + after,
        double: before + word[at] + word[at] + after,
        change: before + letter + after,
        swap: before + (after[0] ?? '') + word[at] + after.slice(1),
      }[kind];
      // `audience` and `audiences` are one slip apart, so either of them is right.
      expect(nearestWord(slipped, keys)?.replace(/s$/, '')).toBe(word.replace(/s$/, ''));
    }),
  );
});
