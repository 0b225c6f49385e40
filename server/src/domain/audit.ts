/** A call that is under way, and the line that tells of it afterwards. */
import {
  ID_PREFIX,
  type AuditFrom,
  type AuditId,
  type AuditLine,
  type AuditWho,
  type ErrorCode,
  type SessionId,
} from '@treeline/shared';
import type { Principal } from './principal.ts';

/** One request, event or decision, from the moment it is known who makes it. */
export interface Call {
  /** The namespace whose people may read of it; like `who`, that of the relay itself until the caller is known. */
  ns: string;
  who: AuditWho;
  readonly from: AuditFrom;
  readonly action: string;
  /** What it names: ids of its path or payload. */
  named: readonly string[];
  /** What it led to instead of its effect: a session's refused decision is committed as such. */
  refusal?: { readonly code: ErrorCode; readonly message: string };
  /** Its line was committed, or it turned out to change nothing. */
  told: boolean;
}

/** From here on it is known who calls. */
export function identify(call: Call, principal: Principal | undefined): void {
  if (principal === undefined) return;
  call.ns = principal.ns;
  call.who = whoOf(principal);
}

/** Longest text of a message or a name in a line. */
const TEXT_MAX = 300;

export function whoOf(principal: Principal | undefined): AuditWho {
  if (principal === undefined) return { kind: 'anonymous' };
  const { kind, name } = principal;
  return { kind, name: name.slice(0, TEXT_MAX), id: idOf(principal) };
}

function idOf(principal: Principal): string {
  switch (principal.kind) {
    case 'session':
      return principal.sessionId;
    case 'runner':
      return principal.runnerId;
    case 'person':
      return principal.id;
    case 'key':
    case 'share':
    case 'join':
      return principal.keyId;
  }
}

/** Whatever in a payload names something, in its order: ids of the product, nothing else that a caller wrote. */
export function idsIn(values: unknown): string[] {
  if (typeof values !== 'object' || values === null) return [];
  return Object.values(values).filter((value): value is string => typeof value === 'string' && ID.test(value));
}

const NAMED = ['session', 'trigger', 'runner', 'key', 'person', 'device'] as const;
const ID = new RegExp(`^(${NAMED.map((kind) => ID_PREFIX[kind]).join('|')})_[0-9a-hjkmnp-tv-z]{26}$`);

export interface Ending {
  readonly id: AuditId;
  readonly now: number;
  /** What the call made, when it named nothing. */
  readonly made?: string | undefined;
  /** Who it turned out to be: a sign-in knows only at its end. */
  readonly who?: AuditWho | undefined;
  /** Sessions that it concerns besides those it names. */
  readonly sessions?: readonly SessionId[];
  readonly refusal?: { readonly code: ErrorCode; readonly message: string } | undefined;
}

export function lineOf(call: Call, { id, now, made, who, sessions = [], refusal = call.refusal }: Ending): AuditLine {
  const on = call.named[0] ?? made;
  const concerned = new Set([...call.named, ...sessions, ...(made === undefined ? [] : [made])].filter(isSession));
  if (call.who.kind === 'session' && call.who.id !== undefined && isSession(call.who.id)) concerned.add(call.who.id);
  return {
    id,
    at: now,
    who: who ?? call.who,
    from: call.from,
    action: call.action,
    ...(on === undefined ? {} : { on }),
    ...(concerned.size === 0 ? {} : { sessions: [...concerned] }),
    outcome: refusal === undefined ? 'done' : 'refused',
    ...(refusal === undefined ? {} : { reason: { code: refusal.code, message: refusal.message.slice(0, TEXT_MAX) } }),
  };
}

function isSession(id: string): id is SessionId {
  return id.startsWith('ses_');
}
