import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sourceRangeProblem } from './source-range.js';

it.each([
  '10.0.0.0/8',
  '192.168.1.7/32',
  '0.0.0.0/0',
  '2001:db8::/32',
  '::1/128',
  '::/0',
  '::ffff:10.0.0.0/104',
  'FE80::/10',
])('takes %s', (range) => {
  expect(sourceRangeProblem(range)).toBeNull();
});

it.each([
  ['10.0.0.1/8', 'begins at 10.0.0.0/8'],
  ['172.31.0.0/12', 'begins at 172.16.0.0/12'],
  ['2001:db8:0:1::/32', 'begins at 2001:db8::/32'],
  ['::1/96', 'begins at ::/96'],
  ['10.1.2.3', 'is 10.1.2.3/32'],
  ['::1', 'is ::1/128'],
  ['10.0.0.0/33', 'from 0 to 32'],
  ['::/129', 'from 0 to 128'],
  ['10.0.0.0/08', 'from 0 to 32'],
  ['10.0.0.0/', 'from 0 to 32'],
  ['10.0.0.0/8/8', 'no address'],
  ['010.0.0.0/8', 'no address'],
  ['10.0.0/8', 'no address'],
  ['256.0.0.0/8', 'no address'],
  ['1::2::3/64', 'no address'],
  ['1:2:3:4:5:6:7:8:9/64', 'no address'],
  ['1:2:3:4:5:6::8/64', 'begins at 1:2:3:4::/64'],
  ['1:2:3:4:5:6:7::8/64', 'no address'],
  ['1:2:3:4::5:6:7:8/64', 'no address'],
  ['fe80::1%eth0/64', 'no address'],
  ['1.2.3.4::/64', 'no address'],
  ['internal', 'no address'],
  ['', 'no address'],
])('refuses %s and says %s', (range, words) => {
  expect(sourceRangeProblem(range)).toContain(words);
});

it('knows the same addresses as Node, whose parser is another one', () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdf.:'), maxLength: 24 }),
    fc
      .array(fc.constantFrom('', '0', '1', 'ffff', '10.0.0.1', '12345'), { maxLength: 10 })
      .map((parts) => parts.join(':')),
  );
  fc.assert(
    fc.property(address, (text) => {
      const isKnown = !(sourceRangeProblem(text) ?? '').includes('no address');
      expect(isKnown).toBe(isIP(text) !== 0);
    }),
    { numRuns: 2_000 },
  );
});

it('proposes the network that contains the address', () => {
  const range = fc.oneof(
    fc.tuple(fc.ipV4(), fc.nat(32), fc.constant('ipv4' as const)),
    fc.tuple(fc.ipV6(), fc.nat(128), fc.constant('ipv6' as const)),
  );
  fc.assert(
    fc.property(range, ([address, prefix, family]) => {
      const problem = sourceRangeProblem(`${address}/${prefix}`);
      if (problem === null) return;
      const proposed = / begins at (.*)$/.exec(problem)![1]!;
      expect(sourceRangeProblem(proposed)).toBeNull();
      const network = new BlockList();
      network.addSubnet(proposed.split('/')[0]!, prefix, family);
      expect(network.check(address, family)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
