import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Routing, Slot } from '@bluegreen/contract';
import { twoSidedBinomial } from './binomial.js';
import type { ProbeAnswer, ProbeSettings } from './probe-settings.js';

export interface Probed {
  /** Every sample was answered by a slot, and the split is one that the commanded weights explain. */
  readonly agrees: boolean;
  readonly answers: Readonly<Record<Slot, number>>;
}

/** Below this, chance does not explain the split. Small, because every read asks the question again. */
const leastProbability = 0.001;

/** Asks through the load balancer, each time on a new connection, and compares with the routing. */
export async function probeRouting(settings: ProbeSettings, routing: Routing, signal: AbortSignal): Promise<Probed> {
  const answers = { blue: 0, green: 0 };
  const addresses = await addressesOf(settings.url.hostname);
  // One listener for all: a signal with a listener per request would warn of a leak.
  const open = new Set<ClientRequest>();
  const stop = (): void => open.forEach((request) => void request.destroy());
  signal.addEventListener('abort', stop, { once: true });
  const asked = Array.from({ length: settings.samples }, (_, index) => {
    return ask(settings, addresses[index % addresses.length]!, open).catch(() => null);
  });
  for (const answer of await Promise.all(asked)) {
    const slot = answer === null ? null : settings.slotOf(answer);
    if (slot !== null) answers[slot] += 1;
  }
  signal.removeEventListener('abort', stop);
  return {
    answers,
    agrees: routing.kind === 'split' && explains(routing.target.weights.green, answers, settings.samples),
  };
}

/** All or nothing must be all or nothing; a split must be one that dealing by its weights gives. */
function explains(greenPercent: number, answers: Readonly<Record<Slot, number>>, samples: number): boolean {
  if (answers.blue + answers.green !== samples) return false;
  if (greenPercent === 0) return answers.green === 0;
  if (greenPercent === 100) return answers.blue === 0;
  return twoSidedBinomial(samples, answers.green, greenPercent / 100) >= leastProbability;
}

/** Every address of the name: each may be another node, with rules of another moment. */
async function addressesOf(hostname: string): Promise<readonly LookupAddress[]> {
  const found = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  return found.length > 0 ? found : [{ address: hostname, family: 0 }];
}

function ask(
  { url, headers }: ProbeSettings,
  { address, family }: LookupAddress,
  open: Set<ClientRequest>,
): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = request(
      url,
      {
        agent: false,
        headers: { ...headers, connection: 'close' },
        ...(family === 0
          ? {}
          : {
              lookup: (_name, options, done) => {
                if (options.all === true) done(null, [{ address, family }]);
                else done(null, address, family);
              },
            }),
      },
      (answer) => {
        answer.resume();
        answer.once('error', reject);
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
      },
    );
    open.add(sent);
    sent.once('error', reject);
    sent.once('close', () => {
      open.delete(sent);
      // Cut in the middle of an answer.
      reject(new Error('closed'));
    });
    sent.end();
  });
}
