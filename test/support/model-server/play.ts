/** Finds what the model says next by going through the conversation from its beginning. Pure: same request, same answer. */
import type { Conversation, Entry, OfferedTool, Reply } from './conversation.ts';
import { sample } from './sample.ts';
import { findScript, type Rule, type Step } from './script.ts';

interface State {
  /** What is left of the turn that runs, and of the script after that turn. */
  turn: Step[];
  rest: Step[];
  rules: Rule[];
  /** The model has ended its turn. */
  spoken: boolean;
  /** Last ids that the model was shown, by variable. */
  seen: Record<string, string>;
}

export function nextReply({ entries, tools, schema }: Pick<Conversation, 'entries' | 'tools' | 'schema'>): Reply {
  if (schema !== undefined) return say(JSON.stringify(sample(schema)));
  const state = goThrough(entries);
  if (state === undefined || tools.length === 0) return say('ok');
  if (state.turn.length === 0) return say('done');
  return replyOf(state, tools);
}

function goThrough(entries: readonly Entry[]): State | undefined {
  let state: State | undefined;
  let previous: Entry['kind'] | undefined;
  for (const entry of entries) {
    const begun = entry.kind === 'user' ? begin(entry.text) : undefined;
    if (begun !== undefined) state = begun;
    else if (state !== undefined && entry.kind === 'user') onMessage(state, entry.text);
    else if (state !== undefined && entry.kind === 'result') onResult(state, entry.text, previous === 'result');
    else if (state !== undefined && entry.kind === 'assistant') state.spoken = !entry.callsTool;
    previous = entry.kind;
  }
  return state;
}

function begin(text: string): State | undefined {
  const found = findScript(text);
  if (found === undefined) return undefined;
  const [turn, rest] = cutTurn(found.steps);
  return { turn, rest, rules: [...found.onMessage], spoken: false, seen: idsIn(text) };
}

function onMessage(state: State, text: string): void {
  const over = state.spoken;
  const ids = idsIn(text);
  Object.assign(state.seen, ids);
  if (over) state.turn = [];
  state.spoken = false;
  for (const [index, rule] of state.rules.entries()) {
    const match = new RegExp(rule.match, 'is').exec(text);
    if (match === null) continue;
    state.rules.splice(index, 1);
    const groups = Object.fromEntries(match.slice(1).map((group, i) => [String(i + 1), group ?? '']));
    const steps = rule.steps.map((step) => substitute(step, { ...ids, ...groups }));
    state.turn = rule.instead === true ? steps : [...state.turn, ...steps];
    return;
  }
  if (over) [state.turn, state.rest] = cutTurn(state.rest);
}

function onResult(state: State, text: string, sameGroup: boolean): void {
  Object.assign(state.seen, idsIn(text));
  state.spoken = false;
  if (sameGroup) return;
  const called = state.turn.findIndex((step) => step.tool !== undefined);
  state.turn = called === -1 ? [] : state.turn.slice(called + 1);
}

/** A turn is the steps up to and including the first without a tool. */
function cutTurn(steps: readonly Step[]): [turn: Step[], rest: Step[]] {
  const end = steps.findIndex((step) => step.tool === undefined);
  return end === -1 ? [[...steps], []] : [steps.slice(0, end + 1), steps.slice(end + 1)];
}

/** Texts before a tool are said together with its call, so that no text ends a turn which has more to do. */
function replyOf(state: State, tools: readonly OfferedTool[]): Reply {
  const called = state.turn.findIndex((step) => step.tool !== undefined);
  const steps = state.turn.slice(0, called === -1 ? undefined : called + 1).map((step) => substitute(step, state.seen));
  const join = (part: 'think' | 'text') => steps.flatMap((step) => step[part] ?? []).join('\n');
  const failing = steps.find((step) => step.status !== undefined);
  const reply: Reply = {
    ...(join('think') === '' ? {} : { think: join('think') }),
    ...(join('text') === '' ? {} : { text: join('text') }),
    ...(failing?.status === undefined ? {} : { failure: { status: failing.status, times: failing.times ?? Infinity } }),
    delayMs: Math.max(...steps.map((step) => step.delayMs ?? 0)),
    pauseMs: Math.max(...steps.map((step) => step.pauseMs ?? 0)),
  };
  const last = steps.at(-1);
  if (last?.tool === undefined) return reply;
  const offered = findTool(last.tool, tools);
  if (offered === undefined)
    return say(`no tool ${last.tool} is offered; there are: ${tools.map((tool) => tool.name).join(', ')}`);
  return { ...reply, tool: { offered, args: last.args ?? {} } };
}

/** Agents rename MCP tools: `mcp__server__X`, `mcp_server_X`, `server_X`, `server-X`, or a namespace and `X`. */
function findTool(name: string, tools: readonly OfferedTool[]): OfferedTool | undefined {
  const renamed = new RegExp(`[_.:/-]${name}$`);
  return tools.find((tool) => tool.name === name) ?? tools.find((tool) => renamed.test(tool.name));
}

function say(text: string): Reply {
  return { text, delayMs: 0, pauseMs: 0 };
}

function idsIn(text: string): Record<string, string> {
  const trigger = text.match(/\btrg_[0-9a-z]{26}\b/g)?.at(-1);
  const session = text.match(/\bses_[0-9a-z]{26}\b/g)?.at(-1);
  return { ...(trigger === undefined ? {} : { trigger }), ...(session === undefined ? {} : { session }) };
}

/** Puts values for the variables that are known into every text of a step; the others stay for later. */
function substitute(step: Step, values: Readonly<Record<string, string>>): Step {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value.replaceAll(/\$(trigger|session|[1-9])/g, (all, name: string) => values[name] ?? all);
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fill(part)]));
    return value;
  };
  return {
    ...step,
    ...(step.text === undefined ? {} : { text: String(fill(step.text)) }),
    ...(step.args === undefined ? {} : { args: fill(step.args) }),
  };
}
