import { AddTagsCommand, DescribeTagsCommand, RemoveTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Fence, printStamp, readStamp } from '@bluegreen/contract';
import type { AlbClients } from './clients.js';
import { fail, fromAws } from './failure.js';

/** What the tags of a target group say about its slot. */
export interface SlotTags {
  readonly fence: Fence | null;
  /** What was deployed last; `null` when nothing is, or when somebody registered the targets by hand. */
  readonly deployed: { readonly version: string; readonly releaseId: string; readonly targets: number } | null;
}

const keys = {
  stamp: 'bluegreen:stamp',
  version: 'bluegreen:version',
  release: 'bluegreen:release',
  targets: 'bluegreen:targets',
} as const;

/** The longest value of a tag [ELBv2 service model]. */
const mostCharacters = 256;

export async function readTags(clients: AlbClients, groupArn: string, signal: AbortSignal): Promise<SlotTags> {
  const command = new DescribeTagsCommand({ ResourceArns: [groupArn] });
  const { TagDescriptions } = await clients.read.send(command, { abortSignal: signal }).catch((error) => {
    throw fromAws(error, { request: 'DescribeTags', kind: 'read', signal });
  });
  const tags = new Map(TagDescriptions?.[0]?.Tags?.map(({ Key, Value }) => [Key ?? '', Value ?? '']));
  const [stamp, version, release] = [tags.get(keys.stamp), tags.get(keys.version), tags.get(keys.release)];
  return {
    fence: stamp === undefined ? null : readStamp(stamp),
    deployed:
      version === undefined || release === undefined
        ? null
        : {
            version: fromTagValue(version),
            releaseId: fromTagValue(release),
            targets: Number(tags.get(keys.targets) ?? 0),
          },
  };
}

/** Stores the stamp, and with it, in the same request, what is deployed. */
export async function writeTags(
  clients: AlbClients,
  groupArn: string,
  { fence, deployed }: { readonly fence: Fence; readonly deployed: SlotTags['deployed'] },
  signal: AbortSignal,
): Promise<void> {
  const tags = { [keys.stamp]: printStamp(fence), ...(deployed === null ? {} : printDeployed(deployed)) };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await clients.write
    .send(new AddTagsCommand({ ResourceArns: [groupArn], Tags }), { abortSignal: signal })
    .catch((error) => {
      throw fromAws(error, { request: 'AddTags', kind: 'write', signal });
    });
}

/** Forgets what was deployed. The stamp stays. */
export async function clearTags(clients: AlbClients, groupArn: string, signal: AbortSignal): Promise<void> {
  const command = new RemoveTagsCommand({
    ResourceArns: [groupArn],
    TagKeys: [keys.version, keys.release, keys.targets],
  });
  await clients.write.send(command, { abortSignal: signal }).catch((error) => {
    throw fromAws(error, { request: 'RemoveTags', kind: 'write', signal });
  });
}

function printDeployed({ version, releaseId, targets }: NonNullable<SlotTags['deployed']>): Record<string, string> {
  return {
    [keys.version]: toTagValue(version),
    [keys.release]: toTagValue(releaseId),
    [keys.targets]: String(targets),
  };
}

/** Text as a tag may hold it: letters, digits, space and `+-=._:/`; any other UTF-16 unit as `@` and four hex digits. */
export function toTagValue(text: string): string {
  const value = [...Array(text.length).keys()]
    .map((index) => text[index]!)
    .map((unit) =>
      /^[A-Za-z0-9 +\-=._:/]$/.test(unit) ? unit : `@${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .join('');
  if (value.length <= mostCharacters) return value;
  throw fail('alb/request-invalid', { detail: `${text.slice(0, 40)}… is too long for a tag` });
}

/** The text of a tag value. */
export function fromTagValue(value: string): string {
  return value.replace(/@([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
