import type { IncomingMessage } from 'node:http';
import type { Clock } from '@bluegreen/contract';
import { alarm } from './alarm.js';
import type { KubernetesObject } from './objects.js';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubernetesObject & { readonly code?: number; readonly reason?: string; readonly message?: string };
}

/**
 * The events of a watch, one JSON text per line. Ends when the server ends it; throws when the connection breaks, when
 * a line can't be read, or when nothing at all came for `silenceMs`: a dead peer never says so itself.
 */
export async function* watchEvents(
  message: IncomingMessage,
  silenceMs: number,
  clock: Clock,
): AsyncGenerator<WatchEvent, void> {
  message.setEncoding('utf8');
  const guard = () => alarm(clock, silenceMs, () => message.destroy(new Error(`nothing came for ${silenceMs} ms`)));
  let silence = guard();
  let rest = '';
  try {
    for await (const part of message as AsyncIterable<string>) {
      clock.clearTimeout(silence);
      silence = guard();
      const lines = (rest + part).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (line !== '') yield JSON.parse(line) as WatchEvent;
    }
    if (rest !== '' || !message.complete) throw new Error('the stream was cut off');
  } finally {
    clock.clearTimeout(silence);
    message.destroy();
  }
}
