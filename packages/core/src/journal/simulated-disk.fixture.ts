import type { FileSystem, OpenFile } from './file-system.js';

interface FileNode {
  readonly kind: 'file';
  bytes: Buffer;
  durable: Buffer;
}

interface DirectoryNode {
  readonly kind: 'directory';
  names: Map<string, Node>;
  durable: Map<string, Node>;
}

type Node = FileNode | DirectoryNode;

/** One call on its way to the disk. */
export interface DiskCall {
  readonly name: keyof FileSystem | keyof OpenFile;
  readonly path: string;
  /** Does it. */
  run(): unknown;
  /** Does a part of it, where that is possible: a write of the first bytes. */
  runPartly(): unknown;
}

/** Decides what becomes of a call: runs it, fails it, does both, or waits first. */
export type DiskHook = (call: DiskCall) => unknown;

/**
 * A disk in memory that tells what is durable from what is only cached: `powerLoss` throws away what was not synced.
 * Each call happens at one instant.
 */
export class SimulatedDisk {
  readonly #root: DirectoryNode = directoryNode();

  /** The disk as one process uses it; `hook` sees each call first. */
  fileSystem(hook: DiskHook = (call) => call.run()): FileSystem {
    const ask = async <T>(
      name: DiskCall['name'],
      path: string,
      run: () => T,
      runPartly: () => unknown = () => undefined,
    ): Promise<T> => (await hook({ name, path, run, runPartly })) as T;
    return {
      list: (path) => ask('list', path, () => [...this.#directory(path).names.keys()]),
      read: (path) => ask('read', path, () => Buffer.from(this.#file(path).bytes)),
      create: (path) => ask('create', path, () => openFile(ask, path, this.#create(path))),
      syncFile: (path) => ask('syncFile', path, () => syncFile(this.#file(path))),
      syncDirectory: (path) =>
        ask('syncDirectory', path, () => {
          const directory = this.#directory(path);
          directory.durable = new Map(directory.names);
        }),
      makeDirectory: (path) => ask('makeDirectory', path, () => this.#makeDirectory(path)),
      link: (existing, name) => ask('link', name, () => this.#link(existing, name)),
      rename: (from, to) => ask('rename', to, () => this.#rename(from, to)),
      remove: (path) =>
        ask('remove', path, () => {
          this.#file(path);
          this.#parent(path).names.delete(lastOf(path));
        }),
      removeDirectory: (path) => ask('removeDirectory', path, () => void this.#parent(path).names.delete(lastOf(path))),
      watch: () => {
        throw failure('ENOSYS', 'watch');
      },
    };
  }

  /** Everything that was not synced is kept or lost, as `keeps` decides for each name and each content. */
  powerLoss(keeps: () => boolean): void {
    forget(this.#root, keeps);
  }

  #lookUp(path: string): Node {
    let node: Node = this.#root;
    for (const name of partsOf(path)) {
      const next: Node | undefined = node.kind === 'directory' ? node.names.get(name) : undefined;
      if (next === undefined) throw failure('ENOENT', path);
      node = next;
    }
    return node;
  }

  #directory(path: string): DirectoryNode {
    const node = this.#lookUp(path);
    if (node.kind === 'file') throw failure('ENOTDIR', path);
    return node;
  }

  #file(path: string): FileNode {
    const node = this.#lookUp(path);
    if (node.kind === 'directory') throw failure('EISDIR', path);
    return node;
  }

  #parent(path: string): DirectoryNode {
    return this.#directory(partsOf(path).slice(0, -1).join('/'));
  }

  #create(path: string): FileNode {
    const parent = this.#parent(path);
    if (parent.names.has(lastOf(path))) throw failure('EEXIST', path);
    const file: FileNode = { kind: 'file', bytes: Buffer.alloc(0), durable: Buffer.alloc(0) };
    parent.names.set(lastOf(path), file);
    return file;
  }

  #makeDirectory(path: string): string | null {
    let directory = this.#root;
    let first: string | null = null;
    const parts = partsOf(path);
    for (const [index, name] of parts.entries()) {
      let next = directory.names.get(name);
      if (next === undefined) {
        first ??= `/${parts.slice(0, index + 1).join('/')}`;
        next = directoryNode();
        directory.names.set(name, next);
      }
      if (next.kind === 'file') throw failure('ENOTDIR', path);
      directory = next;
    }
    return first;
  }

  #link(existing: string, name: string): void {
    const file = this.#file(existing);
    const parent = this.#parent(name);
    if (parent.names.has(lastOf(name))) throw failure('EEXIST', name);
    parent.names.set(lastOf(name), file);
  }

  #rename(from: string, to: string): void {
    const node = this.#lookUp(from);
    const target = this.#parent(to);
    const replaced = target.names.get(lastOf(to));
    if (replaced?.kind === 'directory' && replaced.names.size > 0) throw failure('ENOTEMPTY', to);
    this.#parent(from).names.delete(lastOf(from));
    target.names.set(lastOf(to), node);
  }
}

/** An error as the file system throws it. */
export function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function openFile(
  ask: <T>(name: DiskCall['name'], path: string, run: () => T, runPartly?: () => unknown) => Promise<T>,
  path: string,
  file: FileNode,
): OpenFile {
  const append = (bytes: Uint8Array) => {
    file.bytes = Buffer.concat([file.bytes, bytes]);
    return bytes.length;
  };
  return {
    write: (bytes) =>
      ask(
        'write',
        path,
        () => append(bytes),
        () => append(bytes.subarray(0, Math.ceil(bytes.length / 2))),
      ),
    sync: () => ask('sync', path, () => syncFile(file)),
    truncate: (lengthBytes) =>
      ask('truncate', path, () => {
        file.bytes = file.bytes.subarray(0, lengthBytes);
      }),
    close: () => ask('close', path, () => undefined),
  };
}

function syncFile(file: FileNode): void {
  file.durable = file.bytes;
}

function directoryNode(): DirectoryNode {
  return { kind: 'directory', names: new Map(), durable: new Map() };
}

function forget(directory: DirectoryNode, keeps: () => boolean): void {
  const names = new Map<string, Node>();
  for (const name of new Set([...directory.durable.keys(), ...directory.names.keys()])) {
    const [before, now] = [directory.durable.get(name), directory.names.get(name)];
    const node = before === now || keeps() ? now : before;
    if (node !== undefined) names.set(name, node);
  }
  directory.names = names;
  directory.durable = new Map(names);
  for (const node of names.values()) {
    if (node.kind === 'directory') forget(node, keeps);
    else node.bytes = node.durable = node.bytes.equals(node.durable) || keeps() ? node.bytes : node.durable;
  }
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

function lastOf(path: string): string {
  return partsOf(path).at(-1) ?? '';
}
