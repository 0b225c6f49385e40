/**
 * Dialogs that pi's extensions open. Ours are tool calls; those of the user's own extensions are questions to whoever
 * is responsible for the session.
 */
import type { Ask, AskOption } from '@treeline/shared';
import { LIMITS } from '@treeline/shared';
import { z } from 'zod';
import type { AgentListener, AskOutcome, ToolHost } from '../agent.ts';
import { TOOL_DIALOG, ToolCall } from './extension.ts';
import type { PiRecord } from './rpc.ts';

const LABEL_CHARS = 2000;

const Dialog = z.looseObject({
  id: z.string(),
  method: z.string(),
  title: z.string().catch(''),
  message: z.string().catch(''),
  placeholder: z.string().optional(),
  prefill: z.string().optional(),
  options: z.array(z.string()).catch([]),
  timeout: z.number().positive().optional(),
  notifyType: z.string().optional(),
});
type Dialog = z.infer<typeof Dialog>;

type Answer = { readonly value: string } | { readonly confirmed: boolean } | { readonly cancelled: true };

export interface DialogsOptions {
  readonly tools: ToolHost;
  readonly listener: Pick<AgentListener, 'ask' | 'notice'>;
  readonly respond: (response: { type: 'extension_ui_response'; id: string } & Answer) => void;
}

export class Dialogs {
  readonly #options: DialogsOptions;
  /** By the dialog's id, and for tools by the call's id too. */
  readonly #open = new Map<string, AbortController>();

  constructor(options: DialogsOptions) {
    this.#options = options;
  }

  /** Takes `extension_ui_request`. */
  open(record: PiRecord): void {
    const parsed = Dialog.safeParse(record);
    if (!parsed.success) return;
    const dialog = parsed.data;
    if (dialog.method === 'notify') {
      const level = dialog.notifyType === 'error' ? 'error' : dialog.notifyType === 'warning' ? 'warn' : 'info';
      this.#options.listener.notice(level, dialog.message);
    } else if (dialog.method === 'input' && dialog.title === TOOL_DIALOG) {
      this.#callTool(dialog);
    } else if (['select', 'confirm', 'input', 'editor'].includes(dialog.method)) {
      this.#answer(dialog.id, [dialog.id], (signal) => this.#ask(dialog, signal), dialog.timeout);
    }
  }

  /** pi no longer waits for this tool call. */
  close(toolCallId: string): void {
    this.#open.get(toolCallId)?.abort();
  }

  closeAll(): void {
    for (const controller of this.#open.values()) controller.abort();
  }

  #callTool(dialog: Dialog): void {
    let call: ToolCall;
    try {
      call = ToolCall.parse(JSON.parse(dialog.placeholder ?? ''));
    } catch {
      this.#options.respond({ type: 'extension_ui_response', id: dialog.id, cancelled: true });
      return;
    }
    this.#answer(dialog.id, [dialog.id, call.toolCallId], async (signal) => {
      const result = await this.#options.tools.call(call.name, call.args, { signal });
      return { value: JSON.stringify(result) };
    });
  }

  #answer(id: string, keys: string[], find: (signal: AbortSignal) => Promise<Answer>, timeoutMs?: number): void {
    const controller = new AbortController();
    for (const key of keys) this.#open.set(key, controller);
    // pi answers a dialog with a timeout by itself; nobody needs to be asked after that.
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => controller.abort(), timeoutMs);
    void find(controller.signal)
      .catch((error: unknown): Answer => {
        this.#options.listener.notice('warn', `A dialog of pi could not be answered: ${String(error)}`);
        return { cancelled: true };
      })
      .then((answer) => {
        clearTimeout(timer);
        for (const key of keys) if (this.#open.get(key) === controller) this.#open.delete(key);
        this.#options.respond({
          type: 'extension_ui_response',
          id,
          ...(controller.signal.aborted ? { cancelled: true } : answer),
        });
      });
  }

  async #ask(dialog: Dialog, signal: AbortSignal): Promise<Answer> {
    return answerOf(dialog, await this.#options.listener.ask(askOf(dialog), signal));
  }
}

function askOf({ method, title, message, placeholder, prefill, options }: Dialog): Ask {
  const labels = method === 'confirm' ? ['Yes', 'No'] : options;
  const few = labels.length <= LIMITS.options;
  const text = [title, message, placeholder, prefill, few ? undefined : labels.join('\n')];
  return {
    type: 'ask_user_question',
    text: first(LIMITS.textChars, text.filter((part) => part !== undefined && part !== '').join('\n\n') || 'pi asks'),
    ...(few && labels.length > 0 ? { options: labels.map(optionOf) } : {}),
  };
}

function optionOf(label: string, index: number): AskOption {
  return { id: String(index + 1), label: first(LABEL_CHARS, label) || '(empty)' };
}

/** The beginning of a text, never half of a character. */
function first(chars: number, text: string): string {
  return text.length <= chars ? text : Array.from(text.slice(0, chars)).slice(0, -1).join('');
}

/** Only an answer that was given is passed on; everything else is a dialog dismissed. */
function answerOf({ method, options }: Dialog, outcome: AskOutcome): Answer {
  if (outcome.outcome !== 'answered') return { cancelled: true };
  const { response, action } = outcome;
  const said = response.trim().toLowerCase();
  if (method === 'confirm') {
    const yes = action === 'approve' || action === 'allow' || action === 'allow_always';
    const no = action === 'reject' || action === 'deny';
    return { confirmed: yes || (!no && ['yes', 'y', '1', 'ok', 'true'].includes(said)) };
  }
  if (method !== 'select') return { value: response };
  const chosen = options.find((option, index) => option.trim().toLowerCase() === said || String(index + 1) === said);
  return { value: chosen ?? response };
}
