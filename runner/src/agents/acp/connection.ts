/**
 * ACP over the agent's stdio. Session updates bypass the SDK's dispatcher: it drops kinds that it does not know, and may hand
 * over a response before the updates that came ahead of it.
 */
import { Readable, Writable } from 'node:stream';
import * as acp from '@agentclientprotocol/sdk';
import { SessionUpdate } from '@treeline/shared';
import { z } from 'zod';
import type { AgentChild } from './child.ts';
import { ElicitationRequest, type ElicitationResponse } from './elicitation.ts';
import { PermissionRequest, type PermissionResponse } from './permissions.ts';

export interface ClientHandlers {
  /** In the order in which the agent sent them, before any response that it sent after them. */
  update(update: SessionUpdate): void;
  permission(request: PermissionRequest, signal: AbortSignal): Promise<PermissionResponse>;
  elicitation(request: ElicitationRequest, signal: AbortSignal): Promise<ElicitationResponse>;
}

export interface AcpConnection {
  request<T>(method: string, params: object): Promise<T>;
  notify(method: string, params: object): Promise<void>;
  /** Requests that were open have failed, and new ones fail. */
  isClosed(): boolean;
  /** Resolves when the agent closes its output, or `close` was called. */
  readonly closed: Promise<void>;
  close(): void;
}

const Notification = z.looseObject({ method: z.string(), params: z.looseObject({ update: SessionUpdate }) });

export function connectAcp(child: AgentChild, handlers: ClientHandlers): AcpConnection {
  const stdio = acp.ndJsonStream(
    Writable.toWeb(child.stdin),
    // Node's and the DOM's stream types differ in name only.
    Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
  );
  const readable = stdio.readable.pipeThrough(
    new TransformStream<acp.AnyMessage, acp.AnyMessage>({
      transform(message, controller) {
        if (!('method' in message) || message.method !== acp.methods.client.session.update) controller.enqueue(message);
        else {
          const parsed = Notification.safeParse(message);
          if (parsed.success) handlers.update(parsed.data.params.update);
        }
      },
    }),
  );
  const connection = acp
    .client({ name: 'treeline' })
    .onRequest(acp.methods.client.session.requestPermission, PermissionRequest, ({ params, signal }) =>
      handlers.permission(params, signal),
    )
    .onRequest(acp.methods.client.elicitation.create, ElicitationRequest, ({ params, signal }) =>
      handlers.elicitation(params, signal),
    )
    // Extensions that we do not know are no error.
    .onNotification('*', () => undefined)
    .connect({ readable, writable: stdio.writable });
  return {
    request: (method, params) => connection.agent.request(method, params),
    notify: (method, params) => connection.agent.notify(method, params),
    isClosed: () => connection.signal.aborted,
    closed: connection.closed,
    close: () => connection.close(),
  };
}

/** What went wrong, in the agent's words. */
export function problemText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const data = error instanceof acp.RequestError ? error.data : undefined;
  const details = z
    .union([z.string(), z.looseObject({ details: z.string() }), z.looseObject({ message: z.string() })])
    .safeParse(data);
  if (!details.success) return error.message;
  const more = typeof details.data === 'string' ? details.data : (details.data['details'] ?? details.data['message']);
  return typeof more === 'string' && !error.message.includes(more) ? `${error.message}: ${more}` : error.message;
}

/** The agent wants somebody to sign in first. */
export function isAuthRequired(error: unknown): boolean {
  return error instanceof acp.RequestError && error.code === -32000;
}
