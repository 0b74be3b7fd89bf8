/** What a user of the server does: asks for a release, follows it, approves it. */
export async function showOne(url: string): Promise<void> {
  const id = 'service-7-v2';
  await post(`${url}/releases`, { id, versions: { 'service-7': 'v2' }, requestedBy: 'ci' });
  const events = await fetch(`${url}/releases/${id}/events`);
  for await (const type of typesOf(events)) {
    console.log(type);
    if (type !== 'approval-requested') continue;
    await post(`${url}/releases/${id}/approve`, { by: 'ann', reason: 'the preview looks good' });
  }
  const { sentence } = (await (await fetch(`${url}/releases/${id}`)).json()) as { sentence: string };
  console.log(sentence);
}

async function post(address: string, body: object): Promise<void> {
  const answer = await fetch(address, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${await answer.text()}`);
}

async function* typesOf({ body }: Response): AsyncGenerator<string, void> {
  let text = '';
  for await (const part of body!.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split('\n');
    text = lines.pop()!;
    for (const line of lines) if (line.startsWith('event: ')) yield line.slice('event: '.length);
  }
}
