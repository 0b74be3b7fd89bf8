#!/usr/bin/env node
// Writes a package with a traffic adapter that keeps every rule: `create-adapter <name> [folder]`.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { adapterFiles, isAdapterName } from './create/adapter-files.js';

process.exitCode = main(process.argv.slice(2));

function main([name = '', folder = name, ...rest]: readonly string[]): number {
  if (!isAdapterName(name) || rest.length > 0) {
    return refuse('Usage: create-adapter <name> [folder]. A name is of small letters, digits and dashes: edge-router.');
  }
  if (existsSync(folder) && readdirSync(folder).length > 0)
    return refuse(`${folder} is there already and is not empty.`);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  for (const [path, text] of Object.entries(adapterFiles(name, version))) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  process.stdout.write(`${folder} is written. Next: cd ${folder} && npm install && npm test\n`);
  return 0;
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}
