interface Address {
  /** One number per group, most significant first. */
  readonly groups: readonly number[];
  readonly bitsPerGroup: 8 | 16;
}

/** What is wrong with a range of addresses in CIDR notation, IPv4 or IPv6; `null` when nothing is. */
export function sourceRangeProblem(text: string): string | null {
  const [addressText = '', prefixText, ...rest] = text.split('/');
  const address = readAddress(addressText);
  if (address === null || rest.length > 0) return `${JSON.stringify(text.slice(0, 60))} is no address`;
  const bits = address.groups.length * address.bitsPerGroup;
  if (prefixText === undefined) return `a single address is ${addressText}/${bits}`;
  if (!/^(0|[1-9]\d{0,2})$/.test(prefixText) || Number(prefixText) > bits) return `the prefix goes from 0 to ${bits}`;
  const network = networkOf(address, Number(prefixText));
  if (network.some((group, index) => group !== address.groups[index])) {
    return `the network of ${text} begins at ${printAddress(network, address.bitsPerGroup)}/${prefixText}`;
  }
  return null;
}

/** True for the two ranges that match every address of their family. */
export function isEverybody(range: string): boolean {
  return range.endsWith('/0');
}

function networkOf({ groups, bitsPerGroup }: Address, prefix: number): readonly number[] {
  return groups.map((group, index) => {
    const kept = Math.min(bitsPerGroup, Math.max(0, prefix - index * bitsPerGroup));
    const step = 2 ** (bitsPerGroup - kept);
    return Math.floor(group / step) * step;
  });
}

function readAddress(text: string): Address | null {
  const groups = text.includes(':') ? readGroups(text) : readOctets(text);
  return groups === null ? null : { groups, bitsPerGroup: text.includes(':') ? 16 : 8 };
}

/** Four decimal numbers. A leading zero is refused: some readers take it for octal, which is another address. */
function readOctets(text: string): readonly number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const octets = parts.map(Number);
  return octets.every((octet) => octet <= 255) ? octets : null;
}

/** RFC 4291, 2.2: eight groups, one run of zeros as `::`, the last 32 bits also as IPv4. No zone. */
function readGroups(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, index) => readGroupList(half, index === halves.length - 1));
  if (head === undefined || head === null || tail === null) return null;
  if (tail === undefined) return head.length === 8 ? head : null;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? null : [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function readGroupList(text: string, isEnd: boolean): readonly number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && isEnd && index === parts.length - 1) {
      const octets = readOctets(part);
      if (octets === null) return null;
      groups.push(octets[0]! * 256 + octets[1]!, octets[2]! * 256 + octets[3]!);
    } else if (/^[\da-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return groups;
}

function printAddress(groups: readonly number[], bitsPerGroup: 8 | 16): string {
  if (bitsPerGroup === 8) return groups.join('.');
  const full = groups.map((group) => group.toString(16)).join(':');
  return full.replace(/(^|:)0(:0)+($|:)/, '::');
}
