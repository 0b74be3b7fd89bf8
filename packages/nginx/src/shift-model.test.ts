import { expect, test } from 'vitest';

/**
 * The protocol of `shift` as single steps of two owners over one directory, every interleaving of which is walked.
 * It shows why the order is as it is: with any part left out, the walk finds a run that breaks the rule.
 */
interface World {
  readonly current: number;
  readonly claims: readonly number[];
  readonly links: readonly number[];
  readonly owners: readonly Owner[];
  /** Highest epoch that was ever current: users and readers may have seen it. */
  readonly seen: number;
  readonly broken: string | null;
}

interface Owner {
  readonly epoch: number;
  readonly at: number;
  readonly expected: number;
  readonly listed: readonly number[];
  readonly ended: 'written' | 'refused' | null;
}

type Part = 'claim' | 'sweep' | 'read' | 'link' | 'check' | 'rename';
type Move = (
  world: World,
  me: Owner,
) => { world?: Partial<World>; me?: Partial<Owner>; refused?: true; recompute?: true };

const isOutranked = (world: World, me: Owner) => [...world.claims, world.current].some((epoch) => epoch > me.epoch);
const without = (all: readonly number[], some: readonly number[]) => all.filter((each) => !some.includes(each));

const moves: Record<Part, readonly Move[]> = {
  claim: [
    (world, me) => (isOutranked(world, me) ? { refused: true } : {}),
    (world, me) => ({ world: { claims: [...new Set([...world.claims, me.epoch])].sort() } }),
  ],
  // Reading the directory and removing what was found are two steps: a link may appear in between.
  sweep: [
    (world, me) => ({ me: { listed: world.links.filter((epoch) => epoch < me.epoch) } }),
    (world, me) => ({ world: { links: without(world.links, me.listed) } }),
  ],
  read: [
    (world, me) => {
      if (isOutranked(world, me)) return { refused: true };
      return world.current === me.expected ? {} : { recompute: true };
    },
  ],
  link: [(world, me) => ({ world: { links: [...new Set([...world.links, me.epoch])].sort() } })],
  check: [
    (world, me) => (isOutranked(world, me) ? { refused: true } : {}),
    (world, me) => (world.current === me.expected ? {} : { recompute: true }),
  ],
  rename: [
    (world, me) => {
      if (!world.links.includes(me.epoch)) return { refused: true };
      const links = without(world.links, [me.epoch]);
      const broken =
        me.epoch < world.seen
          ? 'an older owner was seen after a newer one'
          : world.current !== me.expected
            ? 'replaced something else than it read'
            : null;
      return { world: { current: me.epoch, links, seen: Math.max(world.seen, me.epoch), broken } };
    },
  ],
};

/** Walks every interleaving; returns what broke, each once, and the number of worlds. */
function walk(parts: readonly Part[]): { broken: readonly string[]; worlds: number } {
  const program = parts.flatMap((part) => moves[part]);
  const owner = (epoch: number): Owner => ({ epoch, at: 0, expected: 0, listed: [], ended: null });
  const first: World = { current: 0, claims: [], links: [], owners: [owner(1), owner(2)], seen: 0, broken: null };
  const known = new Set<string>();
  const broken = new Set<string>();
  const open = [first];
  for (let world = open.pop(); world !== undefined; world = open.pop()) {
    const key = JSON.stringify(world);
    if (known.has(key)) continue;
    known.add(key);
    if (world.broken !== null) {
      broken.add(world.broken);
      continue;
    }
    const newest = world.owners[1]!;
    if (world.owners.every(({ ended }) => ended !== null) && newest.ended === 'written' && world.current !== 2) {
      broken.add('the newer owner wrote, and its state did not last');
    }
    if (newest.ended === 'refused') broken.add('the newer owner was refused for good');
    for (const [index, me] of world.owners.entries()) {
      if (me.ended === null) open.push(step(world, index, me, program));
    }
  }
  return { broken: [...broken].sort(), worlds: known.size };
}

function step(world: World, index: number, me: Owner, program: readonly Move[]): World {
  const { world: changes = {}, me: mine = {}, refused, recompute } = program[me.at]!(world, me);
  const next: Owner = { ...me, ...mine, at: me.at + 1 };
  let after: Owner = next.at === program.length ? { ...next, ended: 'written' } : next;
  if (refused) after = { ...me, ended: 'refused' };
  // Who is told to recompute reads again and starts over with what it read.
  if (recompute) after = { ...me, at: 0, expected: world.current };
  return { ...world, ...changes, owners: world.owners.map((owner, at) => (at === index ? after : owner)) };
}

const protocol: readonly Part[] = ['claim', 'sweep', 'read', 'link', 'check', 'rename', 'sweep'];

test('S36: in every interleaving of two owners the newer one lasts, and the older is never seen after it', () => {
  const { broken, worlds } = walk(protocol);
  expect(broken).toEqual([]);
  expect(worlds).toBeGreaterThan(200);
});

test.each<[string, readonly Part[]]>([
  ['no claim', ['sweep', 'read', 'link', 'check', 'rename', 'sweep']],
  ['no sweep before the read', ['claim', 'read', 'link', 'check', 'rename', 'sweep']],
  ['check before link', ['claim', 'sweep', 'read', 'check', 'link', 'rename', 'sweep']],
  ['sweep before claim', ['sweep', 'claim', 'read', 'link', 'check', 'rename', 'sweep']],
  ['no check', ['claim', 'sweep', 'read', 'link', 'rename', 'sweep']],
])('the walk can fail: %s', (_, parts) => {
  expect(walk(parts).broken).not.toEqual([]);
});
