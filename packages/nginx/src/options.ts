import type { AudienceMatch, Clock, Slot } from '@bluegreen/contract';

/** How a request is recognised by one thing that its sender chose. */
export type RequestMark =
  | { readonly header: string; readonly equals: string }
  | { readonly cookie: string; readonly equals: string };

/** Where the preview address is: a mark on the request, or a port of its own that your server also listens on. */
export type PreviewAddress = RequestMark | { readonly port: number };

/** How a user is recognised. People without this cookie or header are told apart by address and user agent. */
export type UserKey = { readonly cookie: string } | { readonly header: string };

/** Everything that `nginxTraffic` is told. What is rendered into the include files needs a reload when it changes. */
export interface NginxOptions {
  /** Name of the service: `a-z`, `0-9` and `-`, at most 24 characters. It salts the split and names every variable. */
  readonly service: string;
  /**
   * Who answers for each slot: addresses (`['127.0.0.1:9101']`, rendered as an `upstream` with keep-alive), or the name
   * of an `upstream` that you declare yourself.
   */
  readonly upstreams: Readonly<Record<Slot, readonly string[] | string>>;
  readonly userKey: UserKey;
  /**
   * How a shift reaches nginx. `switch`, the default: one rename, no reload. `reload`: the include file is rewritten,
   * tested and reloaded; for set-ups whose workers may not test files per request. It needs the right to do so, and
   * each reload may reset requests on kept-alive connections.
   */
  readonly mode?: 'switch' | 'reload';
  /**
   * People who can be sent to one slot by name, at most six. What an audience *is* stands in the include file; turning
   * it on or off in a release needs no reload.
   */
  readonly audiences?: readonly { readonly name: string; readonly match: AudienceMatch }[];
  readonly preview?: PreviewAddress;
  /**
   * Switch mode only. True: requests can also be copied to a slot, and its answers are thrown away. It adds a third include
   * file, for the server block, and one subrequest to every request, also while nothing is mirrored. Only GET, HEAD and
   * OPTIONS are copied: a copied write would be executed twice. Default false.
   */
  readonly mirror?: boolean;
  /** Switch state; on local disk, and not in a directory that a reboot empties. Default `/var/lib/bluegreen/<service>`. */
  readonly stateDirectory?: string;
  /** Where `setup()` writes the two files that your nginx.conf includes. Default `/etc/nginx/bluegreen`. */
  readonly includeDirectory?: string;
  /**
   * The marker that decides when the switch state is lost; on purpose not inside `stateDirectory`, so that both have to
   * be lost. Default `<includeDirectory>/<service>.fallback`.
   */
  readonly fallbackDirectory?: string;
  /** Where nginx answers this adapter, `host:port`. Never public. Several services may share one. Default `127.0.0.1:8081`. */
  readonly internalListen?: string;
  /** Who serves when state *and* fallback are lost. Default `'unavailable'`: 502, never a guess. */
  readonly lastResort?: Slot | 'unavailable';
  /** The longest that one request, its body included, may run. It bounds the drain of a slot. Default `'60s'`. */
  readonly longestRequest?: string;
  /**
   * How to start the nginx program: `['nginx']` is the default, `['sudo', '-n', 'nginx', '-c', '/etc/nginx/nginx.conf']`
   * another. Used with `-T` in `preflight`, and in reload mode with `-t` and `-s reload`. `false`: never start it.
   */
  readonly command?: readonly string[] | false;
  /** Reload mode only: where the master process of nginx writes its process id. Default `/run/nginx.pid`. */
  readonly pidFile?: string;
  /** Milliseconds since the epoch, for the drain of switch mode. Default `Date.now`. */
  readonly now?: () => number;
  /** Times the waits of reload mode. Default: the system's. */
  readonly clock?: Clock;
}

/** A user as nginx would see them, for `whichSlot`. Names of headers and cookies are matched without regard to case. */
export interface NginxUser {
  readonly cookies?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The client address that nginx sees. */
  readonly address?: string;
  /** The port of the server that was called; only a preview address with a port asks for it. */
  readonly port?: number;
}
