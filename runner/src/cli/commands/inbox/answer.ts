import type { TriggerAction, TriggerView } from '@treeline/shared';
import { command } from '../../command.ts';
import { type Decision, decide } from '../../decide.ts';
import { usageError } from '../../exit.ts';
import { integer, required, rest } from '../../flags.ts';
import { triggerIdOf } from '../../ids.ts';

export const inboxAnswer = command({
  name: 'inbox answer',
  summary: 'Answer a question',
  details: 'The first answer counts. What is still with a parent session may be answered too.',
  examples: [
    ['inbox answer 77b2 "Use RS256"', 'In your own words.'],
    ['inbox answer 77b2 --option 1', 'One of the options that `inbox show` lists.'],
  ],
  args: { trigger: required('the question'), text: rest('the answer') },
  flags: { option: integer('-o, --option <number>', 'the number of the option', { min: 1, max: 20 }) },
  async action({ args, flags, cli }) {
    const text = args.text.join(' ');
    if ((flags.option === undefined) === (text === '')) throw usageError('Give the answer as text, or one --option.');
    const client = await cli.client();
    const id = await triggerIdOf(client, args.trigger);
    if (flags.option === undefined) return decide(cli, id, { response: text });
    return decide(cli, id, optionOf(await client.getTrigger({ params: { id } }), flags.option));
  },
});

/** What choosing the option means: its words for a question, its id and kind for what an agent's own options decide. */
export function optionOf({ type, options = [] }: Pick<TriggerView, 'type' | 'options'>, number: number): Decision {
  const chosen = options[number - 1];
  if (chosen === undefined) {
    const count = options.length === 0 ? 'no options' : `only ${options.length} options`;
    throw usageError(`There is no option ${number}: this has ${count}.`, 'Answer with text instead.');
  }
  if (type === 'ask_user_question') return { response: chosen.label };
  return { response: chosen.id, action: actionOf(chosen.kind) };
}

function actionOf(kind: string | undefined): TriggerAction | undefined {
  switch (kind) {
    case 'allow_once':
      return 'allow';
    case 'allow_always':
      return 'allow_always';
    case 'reject_once':
    case 'reject_always':
      return 'deny';
    default:
      return undefined;
  }
}
