import { describe, expect, it } from 'vitest';
import { useOddAgent } from './odd-agent.rig.ts';

describe('what an ACP agent says', () => {
  const odd = useOddAgent();

  it('joins chunks between other steps, and passes those on in order', async () => {
    await odd.start();
    await odd.prompt('interleave');
    await odd.turnEnds();
    const told = odd.journal
      .updates()
      .map((update) => [update.sessionUpdate, (update['content'] as { text?: string } | undefined)?.text]);
    expect(told).toEqual([
      ['agent_thought_chunk', 'hm so'],
      ['agent_message_chunk', 'one two'],
      ['plan', undefined],
      ['agent_message_chunk', 'three'],
      ['usage_update', undefined],
    ]);
    expect(odd.journal.usages).toEqual([{ costUsd: 0.5 }]);
  });

  it('passes on kinds of updates that nobody knows, and ignores notifications of vendors', async () => {
    await odd.start();
    await odd.prompt('unknown');
    await odd.turnEnds();
    expect(odd.journal.updates()[0]).toEqual({ sessionUpdate: 'hologram_update', shape: { sides: 7 } });
    expect(odd.journal.text()).toBe('shown');
  });

  it('survives malformed messages', async () => {
    await odd.start();
    await odd.prompt('malformed');
    await odd.turnEnds();
    expect(odd.journal.text()).toBe('still here');
    expect(odd.journal.errors).toEqual([]);
  });

  it('takes chunks of any length apart and loses nothing', async () => {
    await odd.start();
    await odd.prompt('huge');
    await odd.turnEnds();
    const { deltas, stored } = odd.journal.messages();
    expect(stored.join('')).toBe('y'.repeat(300_000));
    expect(deltas.join('')).toBe('y'.repeat(300_000));
    expect(Math.max(...[...deltas, ...stored].map((text) => text.length))).toBeLessThanOrEqual(16 * 1024);
  });

  it.each([
    ['refuse', /refused/],
    ['limit', /token limit/],
  ])('a turn that ends with %s is over, and a notice says why', async (word, notice) => {
    await odd.start();
    await odd.prompt(word);
    await odd.turnEnds();
    expect(odd.journal.errors).toEqual([]);
    expect(odd.journal.events.some((it) => it.what === 'notice' && notice.test(it.text))).toBe(true);
  });

  it.each([
    ['fail', /model is on fire/],
    ['auth', /Authentication required/],
  ])('a turn that fails with %s says so, and the agent lives on', async (word, error) => {
    await odd.start();
    await odd.prompt(word);
    await odd.turnEnds();
    expect(odd.journal.errors[0]).toMatch(error);
    await odd.prompt('say fine');
    await odd.turnEnds(2);
    expect(odd.journal.text()).toBe('fine');
  });

  it('counts the tokens of a turn', async () => {
    await odd.start();
    await odd.prompt('usage');
    await odd.turnEnds();
    expect(odd.journal.usages).toEqual([{ inputTokens: 3, outputTokens: 4, cachedTokens: 2 }]);
  });
});
