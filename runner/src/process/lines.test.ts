import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { overLines } from './lines.ts';

const Message = z.object({ text: z.string() });
let folder: string;
let near: Socket;
let far: Socket;
let close: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-socket-'));
  const path = join(folder, 'it.sock');
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  near = connect(path);
  [far] = (await once(server, 'connection')) as [Socket];
  close = () => {
    near.destroy();
    far.destroy();
    server.close();
  };
});
afterEach(async () => {
  close();
  await rm(folder, { recursive: true, force: true });
});

function listen() {
  const heard: string[] = [];
  const problems: string[] = [];
  overLines({
    socket: far,
    incoming: Message,
    onMessage: ({ text }) => heard.push(text),
    onProblem: ({ message }) => problems.push(message),
  });
  return { heard, problems };
}

describe('lines', () => {
  it('messages arrive whole and in order, however they are cut on the way', async () => {
    const { heard } = listen();
    const bytes = Buffer.from(`${JSON.stringify({ text: 'één\n' })}\n${JSON.stringify({ text: 'twee' })}\n`);
    for (const byte of bytes) near.write(Buffer.of(byte));
    near.end();
    await once(far, 'end');
    expect(heard).toEqual(['één\n', 'twee']);
  });

  it.each([
    ['no JSON', 'hello'],
    ['no such message', '{"texts": 1}'],
    ['too deep', `${'['.repeat(100)}${']'.repeat(100)}`],
  ])('a line that is %s ends the socket with a problem', async (_, line) => {
    const { heard, problems } = listen();
    near.write(`${JSON.stringify({ text: 'fine' })}\n${line}\n${JSON.stringify({ text: 'never' })}\n`);
    await once(far, 'close');
    expect(heard).toEqual(['fine']);
    expect(problems).toHaveLength(1);
  });

  it('a line without an end is not kept for ever', async () => {
    const { problems } = listen();
    near.on('error', () => undefined);
    const chunk = 'x'.repeat(64 * 1024);
    for (let sent = 0; sent < 2 * 1024 * 1024 && near.writable; sent += chunk.length) near.write(chunk);
    await once(far, 'close');
    expect(problems[0]).toContain('longer than');
  });
});
