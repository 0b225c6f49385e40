import type { SessionId } from '@treeline/shared';
import { X } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Outgoing } from '../../state/outbox.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useWorld } from '../relay-context.ts';

/** Messages to one session that are not there yet. */
export function useOutgoing(id: SessionId): readonly Outgoing[] {
  const all = useStore(useRelay().outbox.store);
  return useMemo(() => all.filter(({ sessionId }) => sessionId === id), [all, id]);
}

/** What waits to be sent, in sight, each to be taken back. */
export function OutgoingList({ messages }: { readonly messages: readonly Outgoing[] }) {
  const { outbox } = useRelay();
  const online = useWorld((world) => world.link === 'online');
  if (messages.length === 0) return null;
  return (
    <ul aria-label="Not sent yet" className="flex flex-col gap-2">
      {messages.map(({ key, text, refused }) => (
        <li key={key} className="flex flex-col gap-2">
          <div className="flex items-center gap-2 rounded-lg bg-sunken pl-3 text-[0.875rem]">
            <span dir="auto" className="min-w-0 flex-1 truncate text-left">
              {text}
            </span>
            <span className="text-muted">
              {refused !== undefined ? 'not sent' : online ? 'sending' : 'not sent: waits for the relay'}
            </span>
            <IconButton
              label="Take back"
              icon={<X aria-hidden="true" size={18} />}
              onClick={() => outbox.cancel(key)}
            />
          </div>
          {refused !== undefined && (
            <ProblemNote problem={{ ...refused, requestId: undefined }} onRetry={() => outbox.retry(key)} />
          )}
        </li>
      ))}
    </ul>
  );
}
