/** Plays the steps of one script. What it waits for arrives in the state; `changed` says when. */
import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import { SessionId, TriggerAction, newId, type ScriptStep } from '@treeline/shared';
import { z } from 'zod';
import type { AgentExit, AgentListener, ToolHost, ToolResult } from '../agent.ts';
import type { Gate } from '../gate.ts';
import { emit } from './emit.ts';
import { speak } from './speak.ts';
import { addChild, fillIn, type ScriptedState } from './state.ts';

const Spawned = z.object({ sessionId: SessionId, recordId: z.string().optional() });
const Answered = z.object({
  response: z.string().optional(),
  action: TriggerAction.optional(),
  note: z.string().optional(),
});
const ActionWord = /^(approve|edit|reject|allow|deny)\b/i;

const PERMISSION_OPTIONS = [
  { id: 'once', label: 'Allow once', kind: 'allow_once' },
  { id: 'always', label: 'Allow for this session', kind: 'allow_always' },
  { id: 'no', label: 'Deny', kind: 'reject_once' },
];

export interface ScriptRunOptions {
  readonly steps: readonly ScriptStep[];
  readonly state: ScriptedState;
  readonly listener: AgentListener;
  readonly tools: ToolHost;
  /** Aborted when the turn is cancelled or the agent closed. */
  readonly signal: AbortSignal;
  /** Resolves at the next change of the state from outside. */
  readonly changed: () => Promise<void>;
  /** The state has changed and is to be kept. */
  readonly save: () => void;
  /** Closed while the agent is held. */
  readonly gate: Pick<Gate, 'opened'>;
}

export class ScriptRun {
  readonly #options: ScriptRunOptions;

  constructor(options: ScriptRunOptions) {
    this.#options = options;
  }

  /** Plays from the step of the state on. Resolves with an exit when the script ends the agent; rejects when aborted. */
  async play(): Promise<AgentExit | undefined> {
    const { steps, state, signal, save } = this.#options;
    for (let index = state.step ?? 0; index < steps.length; index = (state.step ?? index) + 1) {
      state.step = index;
      save();
      await this.#options.gate.opened;
      signal.throwIfAborted();
      const step = steps[index];
      const exit = step === undefined ? undefined : await this.#play(step);
      if (exit !== undefined) {
        // A resumed script goes on behind the step that ended the agent.
        state.step = index + 1;
        save();
        return exit;
      }
      await breathe();
    }
    return undefined;
  }

  async #play(step: ScriptStep): Promise<AgentExit | undefined> {
    const { state, signal, listener, gate } = this.#options;
    const fill = (text: string) => fillIn(text, state);
    if ('say' in step) this.#say(fill(step.say));
    else if ('think' in step) speak(listener, 'agent_thought_chunk', fill(step.think));
    else if ('tool' in step) this.#pretend(step.tool);
    else if ('ask' in step) await this.#ask('ask_user_question', { ...step.ask, question: fill(step.ask.question) });
    else if ('plan' in step) await this.#ask('submit_plan', { plan: fill(step.plan) });
    else if ('permission' in step) await this.#permission(step.permission);
    else if ('spawn' in step) await this.#spawn(step.spawn);
    else if ('respond' in step) await this.#respond(fill(step.respond));
    else if ('escalate' in step) await this.#escalate(fill(step.escalate));
    else if ('tell' in step) await this.#tell(fill(step.tell));
    else if ('waitForChildren' in step) await this.#until(() => state.children.length === 0);
    else if ('waitForMessage' in step) {
      await this.#until(() => state.messages.length > 0);
      state.message = state.messages.shift() ?? '';
    } else if ('emit' in step) await emit({ ...step.emit, signal, gate, update: (update) => listener.update(update) });
    else if ('sleep' in step) await delay(step.sleep, undefined, { signal });
    else if ('hang' in step) await this.#until(() => false);
    else if ('crash' in step) return { outcome: 'failed', reason: 'error', detail: `exit code ${step.crash}` };
    else return { outcome: 'completed', reason: 'ok', summary: fill(step.finish) };
    return undefined;
  }

  #say(text: string): void {
    speak(this.#options.listener, 'agent_message_chunk', text);
  }

  /** A tool call that only shows. */
  #pretend({ name, input, output }: { name: string; input?: unknown; output?: unknown }): void {
    const text = typeof output === 'string' ? output : JSON.stringify(output ?? null);
    this.#show(name, input)({ text, isError: false });
  }

  /** A real call of one of Treeline's tools. A problem is said, and the script goes on. */
  async #call(name: string, args: Record<string, unknown>): Promise<ToolResult> {
    const { tools, signal, state } = this.#options;
    const done = this.#show(name, args);
    const result = await tools.call(name, args, { signal });
    done(result);
    signal.throwIfAborted();
    if (result.isError) {
      state.answer = result.text;
      this.#say(`${name} failed: ${result.text}`);
    }
    return result;
  }

  #show(name: string, rawInput: unknown): (result: ToolResult) => void {
    const toolCallId = newId('request');
    this.#options.listener.update({
      sessionUpdate: 'tool_call',
      toolCallId,
      title: name,
      kind: 'other',
      status: 'in_progress',
      rawInput,
    });
    return ({ text, isError }) =>
      this.#options.listener.update({
        sessionUpdate: 'tool_call_update',
        toolCallId,
        status: isError ? 'failed' : 'completed',
        content: [{ type: 'content', content: { type: 'text', text } }],
      });
  }

  async #ask(name: string, args: Record<string, unknown>): Promise<void> {
    const { state } = this.#options;
    // The answer to this very step, asked by the process before this one.
    const earlier = state.answers.shift();
    if (earlier !== undefined) {
      state.answer = earlier;
      return;
    }
    const result = await this.#call(name, args);
    if (result.isError) return;
    const answered = Answered.safeParse(parse(result.text));
    const { response, action, note } = answered.success ? answered.data : { response: result.text };
    state.answer = [response, action, note].find((text) => text !== undefined && text !== '') ?? '';
  }

  async #permission({ why, ...subject }: Extract<ScriptStep, { permission: unknown }>['permission']): Promise<void> {
    const { state, listener, signal } = this.#options;
    const decided = await listener.ask(
      { type: 'permission_request', text: why ?? subject.title, options: PERMISSION_OPTIONS, permission: subject },
      signal,
    );
    signal.throwIfAborted();
    state.answer = decided.outcome === 'answered' ? (decided.action ?? decided.response) : decided.outcome;
  }

  async #spawn({ script, ...where }: { script: ScriptStep[] | string; agent?: string | undefined }): Promise<void> {
    const { state } = this.#options;
    const prompt = typeof script === 'string' ? fillIn(script, state) : JSON.stringify(script);
    const agent = where.agent ?? (typeof script === 'string' ? undefined : 'scripted');
    const result = await this.#call('spawn_session', { ...where, prompt, ...(agent !== undefined && { agent }) });
    if (result.isError) return;
    const { sessionId, recordId } = Spawned.parse(parse(result.text));
    state.child = sessionId;
    addChild(state, { id: sessionId, ...(recordId !== undefined && { recordId }) });
  }

  async #respond(response: string): Promise<void> {
    const trigger = await this.#nextTrigger();
    const word = ActionWord.exec(response)?.[1]?.toLowerCase();
    const action =
      trigger.type === 'plan_review'
        ? (word ?? 'approve')
        : trigger.type === 'permission_request'
          ? (word ?? 'allow')
          : undefined;
    await this.#call('respond_to_trigger', {
      triggerId: trigger.id,
      response,
      ...(action !== undefined && { action }),
    });
  }

  async #escalate(context: string): Promise<void> {
    const trigger = await this.#nextTrigger();
    await this.#call('escalate_trigger', { triggerId: trigger.id, context });
  }

  async #nextTrigger(): Promise<ScriptedState['triggers'][number]> {
    const { state } = this.#options;
    for (;;) {
      const trigger = state.triggers.shift();
      if (trigger !== undefined) return trigger;
      await this.#until(() => state.triggers.length > 0);
    }
  }

  async #tell(message: string): Promise<void> {
    const { state } = this.#options;
    if (state.child === '') return this.#say('tell failed: this script has started no child');
    const child = SessionId.parse(state.child);
    const result = await this.#call('tell_child', { sessionId: child, message });
    // One that had completed goes on with the message, and ends again.
    if (result.isError) return;
    state.ended = state.ended.filter((id) => id !== child);
    if (!state.children.some(({ id }) => id === child)) addChild(state, { id: child });
  }

  async #until(holds: () => boolean): Promise<void> {
    const { signal, changed } = this.#options;
    let abort: () => void = () => undefined;
    const aborted = new Promise<void>((resolve) => {
      abort = resolve;
    });
    signal.addEventListener('abort', abort, { once: true });
    try {
      while (!holds()) {
        signal.throwIfAborted();
        await Promise.race([changed(), aborted]);
      }
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Prose: the caller's schema refuses it.
  }
}
