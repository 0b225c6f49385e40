import { shortId, type TriggerView } from '@treeline/shared';
import { command } from '../../command.ts';
import { formatAge, formatTime } from '../../time.ts';
import { required } from '../../flags.ts';
import { triggerIdOf } from '../../ids.ts';
import { renderFields } from '../../output/fields.ts';
import type { Look } from '../../output/output.ts';
import { actorName, TRIGGER_WORDS, triggerStateText } from '../../output/words.ts';

export const inboxShow = command({
  name: 'inbox show',
  summary: 'Show one question, plan or permission with all there is to decide it',
  examples: [['inbox show 77b2', 'Its text, its options, who asks, how it stands.']],
  args: { trigger: required('the question') },
  flags: {},
  async action({ args, cli }) {
    const { out } = cli;
    const client = await cli.client();
    const trigger = await client.getTrigger({ params: { id: await triggerIdOf(client, args.trigger) } });
    if (out.isJson) return out.json(trigger);
    if (out.isQuiet) return out.line(trigger.id);
    renderFields(fieldsOf(trigger, out.look), out.look).forEach((line) => out.line(line));
    if (!isOver(trigger)) out.note(`Decide: ${howToDecide(trigger)}`);
  },
});

function fieldsOf(trigger: TriggerView, look: Look): [string, string][] {
  const { permission } = trigger;
  return [
    ['Id', trigger.id],
    ['State', `${triggerStateText(trigger, look)}${stateDetail(trigger)}`],
    [
      'Asks',
      `${trigger.path.map(({ title }) => title).join(` ${look.symbols.arrow} `) || trigger.title}  ${look.colors.dim(trigger.sessionId)}`,
    ],
    ['Runner', trigger.runnerName ?? ''],
    ['Since', formatAge(Date.now() - trigger.createdAt)],
    ['What', TRIGGER_WORDS[trigger.type]],
    ['Text', trigger.text],
    ['Command', permission?.command ?? ''],
    ['Input', permission?.input === undefined ? '' : JSON.stringify(permission.input, null, 2)],
    ['Options', (trigger.options ?? []).map(({ label }, at) => `${at + 1}  ${label}`).join('\n')],
    ['Escalates', timeOf(trigger.escalatesAt)],
    ['Expires', timeOf(trigger.expiresAt)],
  ];
}

function isOver({ state }: TriggerView): boolean {
  return !['created', 'delivered', 'escalated'].includes(state.state);
}

function howToDecide({ id, type, options }: TriggerView): string {
  const short = shortId(id);
  switch (type) {
    case 'ask_user_question':
      return options === undefined
        ? `treeline inbox answer ${short} TEXT`
        : `treeline inbox answer ${short} --option N`;
    case 'plan_review':
    case 'permission_request':
      return `treeline inbox approve ${short}    or: treeline inbox reject ${short} --reason TEXT`;
    case 'session_complete':
    case 'session_error':
      return `treeline inbox approve ${short}    (to say that you have seen it)`;
  }
}

function stateDetail({ state }: TriggerView): string {
  switch (state.state) {
    case 'created':
    case 'delivered':
      return '';
    case 'escalated':
      return `, ${state.why}${state.context === undefined ? '' : `: ${state.context}`}`;
    case 'answered':
      return ` by ${actorName(state.by)}: ${[state.action, state.response].filter(Boolean).join(', ')}`;
    case 'expired':
      return ` ${timeOf(state.at)}`;
    case 'cancelled':
    case 'failed':
      return `, ${state.why}`;
  }
}

function timeOf(at: number | undefined): string {
  return at === undefined ? '' : formatTime(at);
}
