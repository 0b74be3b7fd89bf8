import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** What your Terraform or CDK has made already: a listener that forwards to blue, a test listener, two target groups, targets in blue. */
export async function makeLoadBalancer(endpoint: string) {
  const client = new ElasticLoadBalancingV2Client({});
  const { vpcId, subnetIds } = await firstNetwork(endpoint);
  const name = `shop-${process.pid}`;
  const made = await client.send(new CreateLoadBalancerCommand({ Name: name, Subnets: subnetIds }));
  const LoadBalancerArn = made.LoadBalancers![0]!.LoadBalancerArn!;
  const group = async (slot: string) => {
    const settings = { Protocol: 'HTTP', Port: 80, VpcId: vpcId, TargetType: 'ip' } as const;
    const { TargetGroups } = await client.send(new CreateTargetGroupCommand({ Name: `${name}-${slot}`, ...settings }));
    return TargetGroups![0]!.TargetGroupArn!;
  };
  const targetGroups = { blue: await group('blue'), green: await group('green') };
  const Targets = [1, 2].map((number) => ({ Id: `10.0.1.${number}`, Port: 8080 }));
  await client.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroups.blue, Targets }));
  const listen = async (Port: number) => {
    const action = { Type: 'forward', TargetGroupArn: targetGroups.blue } as const;
    const settings = { LoadBalancerArn, Port, Protocol: 'HTTP' } as const;
    const { Listeners } = await client.send(new CreateListenerCommand({ ...settings, DefaultActions: [action] }));
    return Listeners![0]!.ListenerArn!;
  };
  return { targetGroups, listenerArn: await listen(80), testListenerArn: await listen(8080) };
}

/** An emulator answers without a signature, which saves a second SDK here. */
async function firstNetwork(endpoint: string) {
  const scope = 'Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=test';
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `AWS4-HMAC-SHA256 ${scope}` },
    body: 'Action=DescribeSubnets&Version=2016-11-15',
  });
  const subnets = [...(await answer.text()).matchAll(/<subnetId>(.*?)<[\s\S]*?<vpcId>(.*?)</g)];
  const vpcId = subnets[0]![2]!;
  return { vpcId, subnetIds: subnets.filter((each) => each[2] === vpcId).map((each) => each[1]!) };
}
