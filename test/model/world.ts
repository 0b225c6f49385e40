/** What a player needs of a world, and what a world shows of itself. Things are called by names: s1, s2 …, t1, t2 …. */
import type { InboxEntry, SessionId, TriggerId } from '@treeline/shared';
import type { SessionRecord, TriggerRecord } from '@treeline/server/src/domain/records.ts';
import type { AskType } from './steps.ts';

/** `ok`, or the code with which it was refused. */
export type Outcome = string;

/** Facts and acts with their ids already chosen. */
export type Act =
  | { readonly act: 'create'; readonly session: string; readonly runner: number }
  | {
      readonly act: 'spawn';
      readonly by: string;
      readonly session: string;
      readonly id: SessionId;
      readonly runner: number;
    }
  | { readonly act: 'state'; readonly by: string; readonly state: 'starting' | 'running' | 'idle' | 'asleep' }
  | {
      readonly act: 'ask';
      readonly by: string;
      readonly id: TriggerId;
      readonly type: AskType;
      readonly patienceMs: number | undefined;
    }
  | { readonly act: 'answer' | 'escalate' | 'withdraw'; readonly by: string; readonly trigger: TriggerId }
  | { readonly act: 'tell'; readonly by: string; readonly to: string }
  | { readonly act: 'consume'; readonly by: string }
  | {
      readonly act: 'end';
      readonly by: string;
      readonly notice: TriggerId;
      readonly outcome: 'completed' | 'failed';
      readonly resumable: boolean;
    }
  | { readonly act: 'personAnswers' | 'personEscalates'; readonly trigger: TriggerId }
  | { readonly act: 'prompt' | 'delete' | 'deliver'; readonly session: string }
  | { readonly act: 'stop'; readonly session: string; readonly tree: boolean }
  | { readonly act: 'leave' | 'return' | 'forget'; readonly runner: number }
  | { readonly act: 'wait'; readonly ms: number };

export interface Snapshot {
  readonly sessions: readonly SessionRecord[];
  readonly triggers: readonly TriggerRecord[];
  readonly inbox: ReadonlyMap<SessionId, readonly InboxEntry[]>;
  /** `<id>/<name>` of those that are set, where the world can list them. */
  readonly timers?: ReadonlySet<string>;
  /** `<kind>/<index>/<value>` → the ids that are listed under it, where a world keeps indexes. */
  readonly lists?: ReadonlyMap<string, readonly string[]>;
}

export interface World {
  play(act: Act): Promise<Outcome>;
  snapshot(): Promise<Snapshot>;
  idOf(session: string): SessionId;
}
