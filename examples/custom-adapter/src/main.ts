// Proves both adapters without a test runner. `--json`: everything that was seen, for a machine.
import { printReport, proveTrafficAdapter } from '@bluegreen/conformance';
import { flagBench } from './flag-bench.js';
import { keyValueBench } from './key-value-bench.js';

const reports = {
  'key-value store': await proveTrafficAdapter(keyValueBench),
  'flag service': await proveTrafficAdapter(flagBench),
};

if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(reports)}\n`);
else for (const [name, report] of Object.entries(reports)) process.stdout.write(`${name}\n${printReport(report)}\n`);
process.exitCode = Object.values(reports).some(({ broken }) => broken > 0) ? 1 : 0;
