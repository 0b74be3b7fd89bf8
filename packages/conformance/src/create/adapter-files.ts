import template from './template.json' with { type: 'json' };

/** The text of each file, by its path. */
export type Files = Readonly<Record<string, string>>;

/** Whether an adapter can be called so: words of letters and digits, joined by dashes. */
export function isAdapterName(name: string): boolean {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
}

/**
 * A package with a traffic adapter of this name that keeps every rule, the bench that proves it, and the test. It is the
 * adapter of the guide under another name: there is something right to change, and nothing to fill in.
 *
 * `version`: of the packages that it is made for.
 */
export function adapterFiles(name: string, version: string): Files {
  const pascal = name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
  const camel = pascal[0]!.toLowerCase() + pascal.slice(1);
  const renamed = (text: string): string => text.replaceAll('keyValue', camel).replaceAll('key-value', name);
  const sources = Object.entries(template).map(([path, text]) => [`src/${renamed(path)}`, renamed(text)] as const);
  return {
    'package.json': print(manifestOf(name, version)),
    'tsconfig.json': print(project),
    'README.md': readmeOf(name),
    ...Object.fromEntries(sources),
  };
}

function manifestOf(name: string, version: string): object {
  return {
    name: `${name}-traffic`,
    version: '0.0.0',
    private: true,
    type: 'module',
    scripts: { test: 'tsc && vitest run' },
    dependencies: { '@bluegreen/contract': `^${version}` },
    devDependencies: {
      '@bluegreen/conformance': `^${version}`,
      '@types/node': '^20.19.0',
      typescript: '^7.0.0',
      vitest: '^4.1.0',
    },
  };
}

const project = {
  compilerOptions: {
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023'],
    types: ['node'],
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['src'],
};

function readmeOf(name: string): string {
  const guide = 'https://github.com/bluegreen/bluegreen/blob/main/docs/guides/custom-adapter.md';
  return `# ${name}

A traffic adapter for bluegreen. \`npm install && npm test\` proves that it keeps every rule of the contract, against a small
server that plays the provider. Make it yours step by step; the test stays green, or names the rule that broke.

1. \`src/${name}-traffic.ts\`: the options, the capabilities of your router, two requests (\`load\`, \`save\`) and two mappings
   (\`read\`, \`write\`).
2. \`src/small-server.ts\` and \`src/small-router.ts\` answer as your provider does, or give way to the provider itself.
3. \`src/${name}-bench.ts\`: how to do to it what goes wrong in production.

Each part is explained in [the guide](${guide}).
`;
}

function print(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
