import { describe, expect, it } from 'vitest';
import { useOddAgent } from './odd-agent.rig.ts';

describe('what an ACP agent asks', () => {
  const odd = useOddAgent();

  it('a permission is a question to people, and their choice goes back', async () => {
    await odd.start();
    await odd.prompt(
      `permission ${JSON.stringify({ title: 'Clean up', kind: 'execute', rawInput: { command: 'rm -rf build' } })}`,
    );
    const { ask, answer } = await odd.journal.nextAsk();
    expect(ask).toMatchObject({
      type: 'permission_request',
      permission: { command: 'rm -rf build', toolKind: 'execute' },
    });
    answer({ outcome: 'answered', response: '', action: 'allow' });
    await odd.turnEnds();
    expect(odd.lastSaid()).toEqual({ outcome: { outcome: 'selected', optionId: 'yes' } });
  });

  it('an expired permission is a no', async () => {
    await odd.start();
    await odd.prompt('permission {"title":"Clean up"}');
    (await odd.journal.nextAsk()).answer({ outcome: 'expired' });
    await odd.turnEnds();
    expect(odd.lastSaid()).toEqual({ outcome: { outcome: 'selected', optionId: 'no' } });
  });

  it('a permission names what was announced before', async () => {
    await odd.start();
    await odd.prompt(
      `permission ${JSON.stringify({ announce: { title: 'npm publish', kind: 'execute', rawInput: { command: 'npm publish' } } })}`,
    );
    const { ask, answer } = await odd.journal.nextAsk();
    expect(ask.permission).toMatchObject({ title: 'npm publish', command: 'npm publish', toolKind: 'execute' });
    answer({ outcome: 'answered', response: 'no' });
    await odd.turnEnds();
  });

  it('permission for our own tools is given without asking, for others never', async () => {
    await odd.start();
    await odd.prompt('permission {"title":"Approve","announce":{"title":"Tool: treeline/ask_user_question"}}');
    await odd.turnEnds();
    expect(odd.lastSaid()).toEqual({ outcome: { outcome: 'selected', optionId: 'yes' } });
    await odd.prompt('permission {"title":"Tool: other/ask_user_question"}');
    (await odd.journal.nextAsk()).answer({ outcome: 'cancelled' });
    await odd.turnEnds(2);
  });

  it('the end of a plan mode is a plan to review; words beside the decision follow as a message', async () => {
    await odd.start();
    await odd.prompt(
      `permission ${JSON.stringify({ title: 'Ready to code?', kind: 'switch_mode', rawInput: { plan: '1. dig' } })}`,
    );
    const { ask, answer } = await odd.journal.nextAsk();
    expect(ask).toMatchObject({ type: 'plan_review', text: '1. dig' });
    answer({ outcome: 'answered', response: 'water it first', action: 'edit' });
    await odd.turnEnds(2);
    expect(odd.journal.messages().stored.join('')).toContain('"optionId":"no"');
    expect(await odd.received()).toContain('prompt About your plan: water it first');
  });

  it('a form is a question, and the answer fills it', async () => {
    await odd.start();
    const requestedSchema = {
      type: 'object',
      properties: {
        pick: {
          type: 'string',
          oneOf: [
            { const: 'a', title: 'Oak' },
            { const: 'b', title: 'Elm' },
          ],
        },
      },
    };
    await odd.prompt(`elicit ${JSON.stringify({ message: 'Which tree?', requestedSchema })}`);
    const { ask, answer } = await odd.journal.nextAsk();
    expect(ask).toMatchObject({
      type: 'ask_user_question',
      text: 'Which tree?',
      options: [
        { id: 'a', label: 'Oak' },
        { id: 'b', label: 'Elm' },
      ],
    });
    answer({ outcome: 'answered', response: 'Elm' });
    await odd.turnEnds();
    expect(odd.lastSaid()).toEqual({ action: 'accept', content: { pick: 'b' } });
  });

  it('cancelling the turn withdraws its questions', async () => {
    await odd.start();
    await odd.prompt('permission {"title":"Clean up"}');
    const { signal } = await odd.journal.nextAsk();
    await odd.agent?.cancel();
    expect(signal.aborted).toBe(true);
    await odd.turnEnds();
    expect(odd.lastSaid()).toEqual({ outcome: { outcome: 'cancelled' } });
  });

  it('our tools are offered over MCP and shown to the model at once', async () => {
    await odd.start();
    await odd.prompt('tools');
    await odd.turnEnds();
    expect(odd.lastSaid()).toMatchObject([
      { name: 'ask_user_question', inputSchema: { required: ['question'] }, _meta: { 'anthropic/alwaysLoad': true } },
    ]);
  });

  it('an error of a tool is a result, not a failure', async () => {
    await odd.start();
    await odd.prompt('call {"name":"ask_user_question","args":{"question":"q"}}');
    const call = await odd.tools.nextCall();
    call.answer({ text: 'nobody is here', isError: true });
    await odd.turnEnds();
    expect(odd.lastSaid()).toEqual({ content: [{ type: 'text', text: 'nobody is here' }], isError: true });
  });

  it('an agent that takes no tools over HTTP works without them, and a notice says so', async () => {
    await odd.start(['--no-http']);
    expect(odd.journal.events).toMatchObject([{ what: 'notice' }]);
    await odd.prompt('say hello');
    await odd.turnEnds();
  });
});
