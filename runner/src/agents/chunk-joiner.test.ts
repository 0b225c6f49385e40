import type { SessionUpdate } from '@treeline/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkJoiner, textChunk } from './chunk-joiner.ts';

function join(updates: readonly SessionUpdate[]) {
  const deltas: SessionUpdate[] = [];
  const stored: SessionUpdate[] = [];
  const joiner = new ChunkJoiner({ delta: (it) => deltas.push(it), update: (it) => stored.push(it) });
  for (const update of updates) joiner.push(update);
  joiner.flush();
  return { deltas, stored };
}
const textOf = (update: SessionUpdate) => (update['content'] as { text: string }).text;
const message = (text: string) => textChunk('agent_message_chunk', text);
const thought = (text: string) => textChunk('agent_thought_chunk', text);
const tool: SessionUpdate = { sessionUpdate: 'tool_call', toolCallId: '1', title: 'read' };

describe('chunk joiner', () => {
  it('stores text as one piece until something else follows', () => {
    const { deltas, stored } = join([message('a'), message('b'), thought('c'), thought('d'), tool, message('e')]);
    expect(stored).toEqual([message('ab'), thought('cd'), tool, message('e')]);
    expect(deltas).toEqual([message('a'), message('b'), thought('c'), thought('d'), message('e')]);
  });

  it('keeps messages apart that have ids of their own, and keeps their other fields', () => {
    const first = { ...message('a'), messageId: '1', _meta: { x: 1 } };
    const { stored } = join([first, { ...message('b'), messageId: '1' }, { ...message('c'), messageId: '2' }]);
    expect(stored).toEqual([
      { ...first, content: { type: 'text', text: 'ab' } },
      { ...message('c'), messageId: '2' },
    ]);
  });

  it('passes on chunks that are no text, and updates that nobody knows', () => {
    const image: SessionUpdate = {
      sessionUpdate: 'agent_message_chunk',
      content: { type: 'image', data: 'x', mimeType: 'image/png' },
    };
    const news: SessionUpdate = { sessionUpdate: 'something_new', deep: [1] };
    expect(join([message('a'), image, news]).stored).toEqual([message('a'), image, news]);
  });

  it('loses no text, whatever its size, and never cuts a character in two', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 50 })),
        fc.integer({ min: 1, max: 3000 }),
        (texts, times) => {
          const whole = texts.map((text) => text.repeat(times));
          const { stored } = join(whole.filter((text) => text !== '').map(message));
          expect(stored.map(textOf).join('')).toBe(whole.join(''));
          for (const update of stored) {
            expect(textOf(update).length).toBeLessThanOrEqual(16 * 1024);
            expect(textOf(update)).not.toMatch(/\p{Surrogate}/u);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
