import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProvenResult } from './proven.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const notShownIn = /^([a-z-]+): .* \[not shown: (.*)\]$/s;

interface TestFile {
  readonly message: string;
  readonly assertionResults: readonly {
    readonly title: string;
    readonly status: string;
    readonly failureMessages: readonly string[];
  }[];
}

/** What the tests of a package have shown, where its bench lives in them. */
export function provenByTests(file: string): ProvenResult {
  const folder = mkdtempSync(join(tmpdir(), 'bluegreen-conformance-'));
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  try {
    spawnSync(process.execPath, [vitest, 'run', file, '--reporter=json', `--outputFile=${report}`], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { readonly testResults: readonly TestFile[] };
    return resultOf(testResults);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultOf(files: readonly TestFile[]): ProvenResult {
  const broken: Record<string, string> = {};
  const notShown: Record<string, string> = {};
  let [shown, notDeclared] = [0, 0];
  for (const { title, status, failureMessages } of files.flatMap(({ assertionResults }) => assertionResults)) {
    const [, rule, reason] = notShownIn.exec(title) ?? [];
    if (status === 'passed') shown += 1;
    else if (status === 'failed') broken[title.split(':')[0]!] = failureMessages.join('\n');
    else if (rule !== undefined && reason !== undefined) notShown[rule] = reason;
    else notDeclared += 1;
  }
  // A file that did not even load, or in which nothing was tried, has shown nothing.
  if (shown === 0) broken['every rule'] = files.map(({ message }) => message).join('\n') || 'no test was run';
  return { shown, notDeclared, broken, notShown };
}
