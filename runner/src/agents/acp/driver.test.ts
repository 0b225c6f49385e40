import { describe, expect, it } from 'vitest';
import { messageInput, until } from '../agent.contract-support.ts';
import { useOddAgent } from './odd-agent.rig.ts';

describe('steering an ACP agent', () => {
  const odd = useOddAgent();

  it('native steering reaches the turn that runs', async () => {
    await odd.start(['--steering']);
    await odd.prompt('hang');
    await until('it hangs', () => odd.journal.messages().deltas.length > 0);
    await odd.prompt('left', 'steer');
    await until('it is steered', () => odd.journal.messages().deltas.includes('steered: left'));
    expect(odd.journal.turns).toEqual(['started']);
    await odd.agent?.cancel();
  });

  it('a message that native steering has no turn for becomes a prompt of its own', async () => {
    await odd.start(['--steering']);
    await odd.prompt('hang');
    await until('it hangs', () => odd.journal.messages().deltas.length > 0);
    const late = odd.prompt('say too late', 'steer');
    await until('it refused', () => odd.journal.turns.length === 1);
    await odd.agent?.cancel();
    await late;
    await odd.turnEnds(2);
    expect(odd.journal.text()).toContain('too late');
  });

  it('without it, the message waits for the end of the tool call, then interrupts the turn', async () => {
    await odd.start();
    await odd.prompt('work');
    await until('it works', () => odd.journal.updates().length > 0);
    await Promise.all([odd.prompt('echo now', 'steer'), odd.prompt('say and this', 'steer')]);
    await odd.turnEnds(2);
    expect(await odd.received()).toEqual(['prompt work', 'cancel', 'prompt echo now + say and this']);
    expect(odd.journal.updates().map((update) => update['status'])).toContain('completed');
  });

  it('a turn without tool calls is interrupted when the patience is over', async () => {
    await odd.start([], { times: { steerPatienceMs: 100 } });
    await odd.prompt('hang');
    await odd.prompt('say now', 'steer');
    await odd.turnEnds(2);
    expect(odd.journal.text()).toBe('hangingnow');
  });
});

describe('delivering to an ACP agent', () => {
  const odd = useOddAgent();

  it('gives a message with the same id once, also after a resume', async () => {
    const message = messageInput('say once');
    const agent = await odd.start(['--load']);
    await agent.prompt(message);
    await agent.prompt(message);
    await odd.turnEnds();
    await agent.close('stop');
    odd.journal.events.length = 0;
    const resumed = await odd.start(['--load'], { resume: 'odd-session' });
    await resumed.prompt(message);
    await odd.prompt('say twice');
    await odd.turnEnds();
    expect((await odd.received()).filter((line) => line.startsWith('prompt'))).toEqual([
      'prompt say once',
      'prompt say twice',
    ]);
  });

  it('a message that waits is not given until its turn begins', async () => {
    const agent = await odd.start();
    await odd.prompt('hang');
    let given = false;
    const waiting = odd.prompt('say later').then(() => {
      given = true;
    });
    await until('it hangs', () => odd.journal.messages().deltas.length > 0);
    expect(given).toBe(false);
    await agent.cancel();
    await waiting;
    expect(await odd.received()).toContain('prompt say later');
  });
});
