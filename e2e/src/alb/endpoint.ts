import type { ApiEndpoint } from '../../../packages/alb/src/alb-conformance.fixture.js';
import { type ElbServer, startElbServer } from '../../../packages/alb/src/elb-server.fixture.js';

/**
 * The API that others wrote: whatever the standard variable names.
 * @throws an error that says what is missing
 */
export async function emulatorFromEnvironment(): Promise<ApiEndpoint> {
  const url = process.env.AWS_ENDPOINT_URL;
  if (url === undefined || url === '') {
    throw new Error('AWS_ENDPOINT_URL is not set: nothing was shown against an API that others wrote.');
  }
  return { url, network: await networkOf(url), own: null, nextName: namesFrom(`e2e-${process.pid}`) };
}

/** The API of our own: as documented where an emulator is too kind. */
export async function ownApi(): Promise<ApiEndpoint & { readonly own: ElbServer }> {
  const own = await startElbServer({ checkingMs: 100, secondMs: 10 });
  return {
    url: own.url,
    network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] },
    own,
    nextName: namesFrom('own'),
  };
}

function namesFrom(prefix: string): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count}`;
  };
}

/** The first network with two subnets. Asked as plain text, because it is all that is needed of that API. */
async function networkOf(url: string): Promise<ApiEndpoint['network']> {
  const scope = 'Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=test';
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `AWS4-HMAC-SHA256 ${scope}` },
    body: 'Action=DescribeSubnets&Version=2016-11-15',
  });
  const subnets = [...(await answer.text()).matchAll(/<subnetId>(.*?)<[\s\S]*?<vpcId>(.*?)</g)];
  const vpcId = subnets[0]?.[2];
  const subnetIds = subnets.filter((each) => each[2] === vpcId).map((each) => each[1]!);
  if (vpcId === undefined || subnetIds.length < 2) throw new Error(`${url} has no network with two subnets`);
  return { vpcId, subnetIds: subnetIds.slice(0, 2) };
}
