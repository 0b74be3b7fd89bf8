import type { ProbeRequest } from '@bluegreen/conformance';
import { fingerprint, type Slot, type TrafficTarget } from '@bluegreen/contract';
import type { SmallServer } from './small-server.js';

const pollMs = 50;

/** A router that polls the server and sends each user where the last poll said. */
export class SmallRouter {
  readonly #server: SmallServer;
  readonly #path: string;
  readonly #read: (text: string) => TrafficTarget | null;
  #target: TrafficTarget | null = null;
  #timer: NodeJS.Timeout;
  #users = 0;

  constructor(server: SmallServer, path: string, read: (text: string) => TrafficTarget | null) {
    this.#server = server;
    this.#path = path;
    this.#read = read;
    this.#poll();
    this.#timer = setInterval(() => this.#poll(), pollMs);
  }

  /** Forgets everything and polls anew. */
  restart = async (): Promise<void> => {
    clearInterval(this.#timer);
    this.#target = null;
    this.#poll();
    this.#timer = setInterval(() => this.#poll(), pollMs);
  };

  serve = async (): Promise<Slot | null> => {
    this.#users += 1;
    return this.serveUser({ user: `new-user-${this.#users}` });
  };

  serveUser = async ({ user, match }: ProbeRequest): Promise<Slot | null> => {
    const target = this.#target;
    if (target === null) return null;
    const audience = target.audiences.find((each) => JSON.stringify(each.match) === JSON.stringify(match));
    if (audience !== undefined) return audience.slot;
    const bucket = Number.parseInt(fingerprint(user).slice(0, 8), 16) % 1_000;
    return bucket < target.weights.green * 10 ? 'green' : 'blue';
  };

  stop(): void {
    clearInterval(this.#timer);
  }

  #poll(): void {
    const kept = this.#server.kept.get(this.#path);
    this.#target = kept === undefined ? null : this.#read(kept.text);
  }
}
