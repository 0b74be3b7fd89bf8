// The wire format of the Query protocol: form bodies in, XML out.

/** What a form body holds: texts, objects, and lists that were spelt `member.1`, `member.2`, … */
export type Wire = string | { readonly [key: string]: Wire } | readonly Wire[];

/** `Actions.member.1.Type=forward` as an object with a list. */
export function readForm(body: string): Record<string, Wire> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of new URLSearchParams(body)) {
    const steps = path.split('.');
    let place = root;
    for (const step of steps.slice(0, -1)) {
      place[step] ??= {};
      place = place[step] as Record<string, unknown>;
    }
    place[steps.at(-1)!] = value;
  }
  return collapse(root) as Record<string, Wire>;
}

/** Objects with the one key `member` are lists. */
function collapse(value: unknown): Wire {
  if (typeof value === 'string') return value;
  const given = value as Record<string, unknown>;
  if (typeof given.member === 'object' && given.member !== null && Object.keys(given).length === 1) {
    const entries = Object.entries(given.member).sort(([a], [b]) => Number(a) - Number(b));
    return entries.map(([, each]) => collapse(each));
  }
  return Object.fromEntries(Object.entries(given).map(([key, each]) => [key, collapse(each)]));
}

const namespace = 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/';

export function printAnswer(action: string, result: unknown, requestId: string): string {
  const inner = `<${action}Result>${xml(result)}</${action}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${action}Response xmlns="${namespace}">${inner}${metadata}</${action}Response>`;
}

export function printError(code: string, message: string, status: number, requestId: string): string {
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const inner = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`;
  return `<ErrorResponse xmlns="${namespace}">${inner}<RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function xml(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((each) => `<member>${xml(each)}</member>`).join('');
  if (typeof value !== 'object') return escaped(String(value));
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([key, each]) => `<${key}>${xml(each)}</${key}>`)
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
