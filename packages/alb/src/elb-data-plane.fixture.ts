// What a load balancer does with requests: nodes that learn of a rule late, weights, bound clients, rules by header,
// cookie, path and source, and users who get sick targets when all are sick.
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { ElbWorld, WireCondition, WorldRule } from './elb-world.fixture.js';
import { valuesOf } from './elb-world.fixture.js';

export interface DataPlaneOptions {
  /** The slowest node uses a rule so long after it was written; the quickest one at once. */
  readonly propagationMs: number;
  readonly nodes?: number;
}

export interface DataPlane {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the users of one listener on a port of its own. */
export async function startDataPlane(
  world: ElbWorld,
  listenerArn: string,
  options: DataPlaneOptions,
): Promise<DataPlane> {
  const nodes = options.nodes ?? 3;
  const history: { readonly at: number; readonly rules: readonly WorldRule[] }[] = [];
  const rulesNow = (): readonly WorldRule[] => world.rules.filter((rule) => rule.listenerArn === listenerArn);
  history.push({ at: 0, rules: rulesNow() });
  const { onRules } = world;
  world.onRules = () => {
    onRules();
    history.push({ at: Date.now(), rules: rulesNow() });
  };
  let connections = 0;
  const nodeOf = new WeakMap<object, number>();
  const server = createServer((request, response) => {
    const node = nodeOf.get(request.socket) ?? 0;
    const known = Date.now() - (options.propagationMs * node) / Math.max(1, nodes - 1);
    const { rules } = history.findLast(({ at }) => at <= known) ?? history[0]!;
    const rule = rules.find(({ conditions }) => conditions.every((condition) => isMet(condition, request)));
    answer(world, rule, request, response);
  });
  server.on('connection', (socket) => {
    nodeOf.set(socket, connections % nodes);
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isMet(condition: WireCondition, request: IncomingMessage): boolean {
  const values = valuesOf(condition);
  if (condition.Field === 'http-header') {
    const given = String(request.headers[condition.HttpHeaderConfig!.HttpHeaderName.toLowerCase()] ?? '');
    return values.some((value) => patternOf(value).test(given));
  }
  if (condition.Field === 'path-pattern') return values.some((value) => patternOf(value).test(request.url ?? ''));
  if (condition.Field === 'host-header')
    return values.some((value) => patternOf(value).test(request.headers.host ?? ''));
  // Every client of a test comes from this machine, which no range of a test names.
  return false;
}

/** `*` and `?`, without regard to case. */
function patternOf(value: string): RegExp {
  const text = value
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`, 'i');
}

function answer(
  world: ElbWorld,
  rule: WorldRule | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const last = rule?.actions.find(({ Type }) => Type === 'forward' || Type === 'fixed-response');
  if (last === undefined) return void response.writeHead(503).end();
  if (last.Type === 'fixed-response') {
    response.writeHead(Number(last.FixedResponseConfig?.StatusCode ?? 503)).end(last.FixedResponseConfig?.MessageBody);
    return;
  }
  const groups = last.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: last.TargetGroupArn!, Weight: '1' }];
  const stickiness = last.ForwardConfig?.TargetGroupStickinessConfig;
  const bound = stickiness?.Enabled === 'true' ? /AWSALBTG=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] : undefined;
  const arn = bound === undefined ? deal(groups) : decodeURIComponent(bound);
  const target = arn === null ? null : pickTarget(world, arn);
  if (arn === null || target === null) return void response.writeHead(503).end();
  if (stickiness?.Enabled === 'true') {
    response.setHeader('set-cookie', `AWSALBTG=${encodeURIComponent(arn)}; Max-Age=${stickiness.DurationSeconds}`);
  }
  forward(target, request, response);
}

function deal(groups: readonly { readonly TargetGroupArn: string; readonly Weight?: string }[]): string | null {
  const sum = groups.reduce((total, { Weight = '1' }) => total + Number(Weight), 0);
  let left = Math.random() * sum;
  for (const { TargetGroupArn, Weight = '1' } of groups) {
    left -= Number(Weight);
    if (left < 0) return TargetGroupArn;
  }
  return null;
}

/** A healthy one; where none is healthy, any that is registered. */
function pickTarget(world: ElbWorld, groupArn: string): { readonly id: string; readonly port: number } | null {
  const all = world.states(world.group(groupArn)).filter(({ state }) => state !== 'draining');
  const healthy = all.filter(({ state }) => state === 'healthy');
  const pool = healthy.length > 0 ? healthy : all;
  return pool[Math.floor(Math.random() * pool.length)]?.target ?? null;
}

function forward({ id, port }: { id: string; port: number }, request: IncomingMessage, response: ServerResponse): void {
  const { connection: _, ...headers } = request.headers;
  const sent = send(
    { host: id, port, path: request.url, method: request.method, headers, agent: false },
    (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    },
  );
  sent.once('error', () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  request.pipe(sent);
}
