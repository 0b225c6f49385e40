import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS, Frame, newId, type LogRecord, type Position, type SessionUpdate } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameFile } from '../process/frame-file.ts';
import { boundedAsk } from './bounded.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';

const session = newId('session');
let folder: string;
let file: FrameFile;
let frames: Frame[];
let appended: Position[];
let failures: Error[];
let full: number;
let latest: Recorder | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-recorder-'));
  open();
  appended = [];
  failures = [];
  full = 0;
});
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): void {
  frames = [];
  const visit = (frame: Frame) => void frames.push(frame);
  file = new FrameFile({
    path: join(folder, 'log'),
    visit,
    onFailure: (error) => {
      throw error;
    },
  });
}
const recorder = (epoch = 1, into: RecorderOptions['file'] = file) => {
  latest = new Recorder({
    file: into,
    session,
    epoch,
    onAppended: (last) => appended.push(last),
    onFact: () => undefined,
    onFull: () => {
      full += 1;
      if (full === 1) latest?.notice('warn', 'the disk is full');
    },
    onFailure: (error) => failures.push(error),
  });
  return latest;
};
const update = (n: number, text = `${n}`): SessionUpdate => ({
  sessionUpdate: 'agent_message_chunk',
  content: { type: 'text', text },
});
async function reopened(): Promise<Frame[]> {
  await file.close();
  open();
  return frames;
}
const recordsOf = (frame: Frame) => JSON.parse(frame.body) as LogRecord[];

/** A file on a disk that can be full. */
class SmallDisk {
  isFull = true;
  tries = 0;
  append(frame: Frame): void {
    this.tries += 1;
    if (this.isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    file.append(frame);
  }
  flush(): Promise<void> {
    return file.flush();
  }
  get last(): Position {
    return file.last;
  }
  get bytes(): number {
    return file.bytes;
  }
}

describe('a disk that is full', () => {
  it('LOG-13 holds frames back in their order, says nothing of them, and writes them when there is room', async () => {
    const disk = new SmallDisk();
    const it = recorder(1, disk);
    it.update(update(1));
    const { position } = it.fact({ kind: 'consumed', position: 1 });
    expect(position).toEqual({ epoch: 1, seq: 3 });
    const flushed = it.flush();
    await vi.waitUntil(() => disk.tries > 4, { timeout: 10_000 });
    expect(appended).toEqual([]);
    expect(failures).toEqual([]);
    disk.isFull = false;
    await flushed;
    expect((await reopened()).map(({ kind, first }) => `${kind} ${first}`)).toEqual(['events 1', 'events 2', 'fact 3']);
  });

  it('breaks the session rather than its log when too much waits', () => {
    const it = recorder(1, new SmallDisk());
    const more = (n: number) => it.update(update(n, 'x'.repeat(60_000)));
    expect(() => {
      for (let n = 0; n < 100; n++) more(n);
    }).toThrow('too much waits');
    expect(failures).toHaveLength(1);
    expect(it.sealed).toBe(true);
  });
});

describe('recorder', () => {
  it('writes the first event at once and joins those that follow in the same moment', async () => {
    const it = recorder();
    for (let n = 0; n < 5; n++) it.update(update(n));
    expect(file.last).toEqual({ epoch: 1, seq: 1 });
    expect(it.head).toEqual({ epoch: 1, seq: 5 });
    await it.flush();
    expect((await reopened()).map((frame) => frame.count)).toEqual([1, 4]);
  });

  it('writes a batch when its time is over, without another event', async () => {
    const it = recorder();
    it.update(update(1));
    it.update(update(2));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(file.last).toEqual({ epoch: 1, seq: 2 });
  });

  it('never puts more than 32 records into a frame', async () => {
    const it = recorder();
    for (let n = 0; n < 100; n++) it.update(update(n));
    await it.flush();
    const written = await reopened();
    expect(Math.max(...written.map((frame) => frame.count))).toBe(32);
    expect(written.flatMap(recordsOf)).toHaveLength(100);
  });

  it('LOG-3 a fact goes alone, at once, and after the events before it', async () => {
    const it = recorder();
    it.update(update(1));
    it.update(update(2));
    const { position } = it.fact({ kind: 'consumed', position: 3 });
    it.update(update(3));
    expect(position).toEqual({ epoch: 1, seq: 3 });
    await it.flush();
    const written = await reopened();
    expect(written.map(({ kind, count }) => [kind, count])).toEqual([
      ['events', 1],
      ['events', 1],
      ['fact', 1],
      ['events', 1],
    ]);
    expect(written.flatMap(recordsOf).map((record) => record.kind)).toEqual(['update', 'update', 'consumed', 'update']);
  });

  it('a fact that is not valid is not written', async () => {
    const it = recorder();
    expect(() => it.fact({ kind: 'consumed', position: -1 })).toThrow('position');
    expect(() => it.fact({ kind: 'ask', triggerId: newId('trigger'), ask: { type: 'plan_review', text: '' } })).toThrow(
      'text',
    );
    await it.flush();
    expect(await reopened()).toEqual([]);
  });

  it('a decision that no frame can hold is not written', async () => {
    const it = recorder();
    const text = '\u{1f332}'.repeat(60_000);
    const permission = { title: text, command: text, input: text };
    expect(() =>
      it.fact({ kind: 'ask', triggerId: newId('trigger'), ask: { type: 'permission_request', text, permission } }),
    ).toThrow('bytes at most');
    const bounded = boundedAsk({ type: 'permission_request', text, permission });
    it.fact({ kind: 'ask', triggerId: newId('trigger'), ask: bounded });
    await it.flush();
    expect(await reopened()).toHaveLength(1);
  });

  it('goes on where the file ends, in the epoch of whoever is ahead', async () => {
    recorder(2).fact({ kind: 'consumed', position: 1 });
    await reopened();
    expect(recorder(1).head).toEqual({ epoch: 2, seq: 1 });
    const later = recorder(3);
    expect(later.head).toEqual({ epoch: 3, seq: 0 });
    later.fact({ kind: 'consumed', position: 2 });
    expect((await reopened()).map(({ epoch, first }) => [epoch, first])).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  it('LOG-8 what waits for its batch when a new epoch begins is written there, behind what is said again', async () => {
    const it = recorder();
    it.update(update(1));
    await it.flush();
    const again = [...(await reopened())];
    const next = recorder();
    next.update(update(2));
    next.update(update(3));
    next.beginEpoch(2, again);
    await next.flush();
    const written = (await reopened()).filter(({ epoch }) => epoch === 2);
    const texts = written
      .flatMap(({ body }) => JSON.parse(body) as { update?: SessionUpdate }[])
      .map((record) => record.update);
    expect(texts.filter((one) => one !== undefined).slice(0, 1)).toEqual([update(1)]);
    expect(JSON.stringify(texts)).toContain(JSON.stringify(update(3)));
  });

  it('after sealing, events are dropped and facts throw', async () => {
    const it = recorder();
    it.fact({ kind: 'consumed', position: 1 });
    it.seal();
    it.update(update(1));
    expect(() => it.fact({ kind: 'consumed', position: 2 })).toThrow('has ended');
    await it.flush();
    expect(await reopened()).toHaveLength(1);
  });

  it('a disk that takes no more seals the log at once, without a hole', async () => {
    const it = recorder();
    it.update(update(1));
    await file.close();
    expect(() => it.fact({ kind: 'consumed', position: 1 })).toThrow('EBADF');
    expect(failures).toHaveLength(1);
    it.update(update(2));
    expect(() => it.fact({ kind: 'consumed', position: 1 })).toThrow('has ended');
    open();
    expect(frames).toHaveLength(1);
  });

  it.each<[string, SessionUpdate]>([
    ['one huge text', update(1, 'x'.repeat(2_000_000))],
    ['text that doubles in JSON', update(1, '"\u0001'.repeat(300_000))],
    [
      'very many fields',
      {
        sessionUpdate: 'tool_call',
        toolCallId: 't',
        title: 'x',
        rawInput: Array.from({ length: 200_000 }, (_, n) => n),
      },
    ],
    ['many long fields', { sessionUpdate: 'tool_call', content: Array.from({ length: 300 }, () => 'y'.repeat(5_000)) }],
    [
      'deep nesting',
      { sessionUpdate: 'tool_call', rawInput: JSON.parse(`${'['.repeat(60)}1${']'.repeat(60)}`) as unknown },
    ],
  ])('%s is cut to what the wire takes, and says so', async (_, large) => {
    const it = recorder();
    it.update(large);
    await it.flush();
    const [frame] = await reopened();
    expect(Frame.safeParse(frame).success).toBe(true);
    expect(Buffer.byteLength(frame?.body ?? '')).toBeLessThanOrEqual(LIMITS.frameBytes);
    expect(frame?.body).toMatch(/cut/);
    expect(frame?.body).toContain(large.sessionUpdate);
  });
});
