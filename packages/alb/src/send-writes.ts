import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateRuleCommand,
  DeleteRuleCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ownPart } from './actions.js';
import type { AlbClients } from './clients.js';
import { fail, fromAws } from './failure.js';
import type { Write } from './plan-writes.js';

const requestOf = { create: 'CreateRule', delete: 'DeleteRule' } as const;

/** The name of the request, as permissions and logs know it. */
export function nameOf(write: Write): string {
  if (write.kind !== 'modify') return requestOf[write.kind];
  return write.place.ruleArn === undefined ? 'ModifyListener' : 'ModifyRule';
}

/**
 * Sends each write once, in order. After the first one that got through, a failure of a later one leaves a part of the
 * target: that is `alb/partly-written`, whatever the reason, so that it is read before it is completed.
 */
export async function sendWrites(clients: AlbClients, writes: readonly Write[], signal: AbortSignal): Promise<void> {
  await requireSingleAttempts(clients);
  for (const [index, write] of writes.entries()) {
    try {
      await sendWrite(clients, write, signal);
    } catch (error) {
      const failure = fromAws(error, { request: nameOf(write), kind: 'write', signal });
      if (index === 0) throw failure;
      const detail = `${index} of ${writes.length} requests done, then ${failure.message}`;
      throw fail('alb/partly-written', { detail, cause: failure });
    }
  }
}

/** An SDK client that repeats a write after a lost answer could write over somebody who came in between. */
export async function requireSingleAttempts({ write }: AlbClients): Promise<void> {
  const attempts = await write.config.maxAttempts();
  if (attempts !== 1) throw fail('alb/write-client-retries', { detail: `maxAttempts is ${attempts}` });
}

async function sendWrite({ write: client }: AlbClients, write: Write, signal: AbortSignal): Promise<void> {
  // Not sent at all: nothing can land late.
  if (signal.aborted) throw fail('alb/aborted', { detail: nameOf(write), reaction: 'retry' });
  const options = { abortSignal: signal };
  if (write.kind === 'delete') {
    await client.send(new DeleteRuleCommand({ RuleArn: write.ruleArn }), options);
    return;
  }
  if (write.kind === 'create') {
    const { listenerArn, priority, conditions, actions, transforms } = write;
    const input = { ListenerArn: listenerArn, Priority: priority, Conditions: [...conditions], Actions: [...actions] };
    const all = transforms.length === 0 ? input : { ...input, Transforms: [...transforms] };
    const { Rules } = await client.send(new CreateRuleCommand(all), options);
    compare(write.actions, Rules?.[0]?.Actions);
    return;
  }
  const { place, actions } = write;
  if (place.ruleArn !== undefined) {
    const input = { RuleArn: place.ruleArn, Actions: [...actions] };
    compare(actions, (await client.send(new ModifyRuleCommand(input), options)).Rules?.[0]?.Actions);
    return;
  }
  const input = { ListenerArn: place.listenerArn, DefaultActions: [...actions] };
  compare(actions, (await client.send(new ModifyListenerCommand(input), options)).Listeners?.[0]?.DefaultActions);
}

/** The answer carries the rule as it is now; an answer without it says nothing, and the runner reads anyway. */
function compare(wanted: readonly Action[], shown: readonly Action[] | undefined): void {
  if (shown === undefined) return;
  const [asked, got] = [JSON.stringify(ownPart(wanted)), JSON.stringify(ownPart(shown))];
  if (asked !== got) throw fail('alb/write-not-shown', { detail: `asked for ${asked}, got ${got}` });
}
