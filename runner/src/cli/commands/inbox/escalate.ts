import { newId } from '@treeline/shared';
import { command } from '../../command.ts';
import { required, text } from '../../flags.ts';
import { triggerIdOf } from '../../ids.ts';

export const inboxEscalate = command({
  name: 'inbox escalate',
  summary: 'Take a question from the parent session to people',
  examples: [['inbox escalate 77b2 --note "the team decides this"', 'It then waits for a person.']],
  args: { trigger: required('the question') },
  flags: { note: text('--note <text>', 'what whoever answers should know') },
  async action({ args, flags, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const id = await triggerIdOf(client, args.trigger);
    const body = { key: newId('request'), context: flags.note };
    const trigger = await client.escalateTrigger({ params: { id }, body });
    if (out.isJson) out.json(trigger);
    else out.line(out.isQuiet ? trigger.id : `${out.look.symbols.done} ${trigger.id} waits for a person`);
  },
});
