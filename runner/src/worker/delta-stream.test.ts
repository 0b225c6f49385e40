import type { SessionUpdate } from '@treeline/shared';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WorkerToDaemon } from '../process/local-protocol.ts';
import { DeltaStream, textOf } from './delta-stream.ts';

let sent: Extract<WorkerToDaemon, { type: 'delta' }>[];
let link: { watched: boolean; backlog: number; send: (message: WorkerToDaemon) => void };
let stream: DeltaStream;
beforeEach(() => {
  sent = [];
  link = { watched: true, backlog: 0, send: (message) => void (message.type === 'delta' && sent.push(message)) };
  stream = new DeltaStream({ link, head: () => ({ epoch: 1, seq: 7 }) });
});

const chunk = (text: string): SessionUpdate => ({
  sessionUpdate: 'agent_message_chunk',
  content: { type: 'text', text },
});
const texts = () => sent.map(({ updates }) => updates.map(textOf));
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 60));

describe('delta stream', () => {
  it('sends the first delta at once, and those of the next moment joined', async () => {
    for (const text of ['a', 'b', 'c']) stream.push(chunk(text));
    expect(texts()).toEqual([['a']]);
    await aWhile();
    expect(texts()).toEqual([['a'], ['bc']]);
    expect(sent[0]?.after).toEqual({ epoch: 1, seq: 7 });
  });

  it('sends nothing that nobody watches, or that a full socket cannot take', async () => {
    link.watched = false;
    stream.push(chunk('unwatched'));
    link.watched = true;
    link.backlog = 10_000_000;
    stream.push(chunk('full'));
    await aWhile();
    expect(sent).toEqual([]);
  });

  it('drops what a finished record replaces', async () => {
    stream.push(chunk('a'));
    stream.push(chunk('b'));
    stream.drop();
    await aWhile();
    expect(texts()).toEqual([['a']]);
  });

  it('keeps every message small, whatever floods in', async () => {
    for (let n = 0; n < 50; n++) stream.push(chunk('x'.repeat(30_000)));
    stream.push(chunk('y'.repeat(200_000)));
    await aWhile();
    for (const message of sent) expect(JSON.stringify(message).length).toBeLessThan(100_000);
    expect(texts().flat().join('').length).toBe(50 * 30_000);
  });
});
