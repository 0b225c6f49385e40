import type { SessionView } from '@treeline/shared';
import { SendHorizontal } from 'lucide-react';
import { useState, type FormEvent, type KeyboardEvent } from 'react';
import { Choice } from '../../ui/choice.tsx';
import { CONTROL } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { useRelay } from '../relay-context.ts';
import { OutgoingList, useOutgoing } from './outgoing-list.tsx';

type DeliverAs = 'steer' | 'followUp';

const WHEN: readonly { readonly id: DeliverAs; readonly text: string }[] = [
  { id: 'steer', text: 'Now' },
  { id: 'followUp', text: 'After this turn' },
];

/** A message to the session. Without a relay it waits here in sight, and can be taken back until it is sent. */
export function Composer({ session }: { readonly session: SessionView }) {
  const relay = useRelay();
  const { id } = session;
  const [text, setText] = useState(() => relay.outbox.draft(id));
  const write = (next: string) => {
    relay.outbox.keepDraft(id, next);
    setText(next);
  };
  const [deliverAs, setDeliverAs] = useState<DeliverAs>('followUp');
  const queue = useOutgoing(id);
  const working = session.lifecycle.state === 'running';
  const over = session.lifecycle.state === 'ended' && !session.lifecycle.resumable;
  const submit = (how: DeliverAs) => {
    if (text.trim() === '' || over) return;
    relay.outbox.add({ sessionId: id, text: text.trim(), deliverAs: how });
    write('');
  };
  const keys = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur();
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit(event.shiftKey ? 'followUp' : working ? deliverAs : 'followUp');
  };
  if (over)
    return (
      <p className="border-t border-line px-4 py-3 text-center text-muted">
        This session is over; its agent cannot go on.
      </p>
    );
  return (
    <form
      className="border-t border-line bg-surface px-3 pt-2 pb-[calc(0.5rem+env(safe-area-inset-bottom))]"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        submit(working ? deliverAs : 'followUp');
      }}
    >
      <div className="mx-auto flex w-full max-w-[76ch] flex-col gap-2">
        <OutgoingList messages={queue} />
        <div className="flex flex-col gap-2 short:sm:flex-row short:sm:items-end">
          {working && (
            <Choice label="When it gets the message" quiet options={WHEN} value={deliverAs} onChange={setDeliverAs} />
          )}
          <div className="flex flex-1 items-end gap-2">
            <textarea
              aria-label="Message"
              placeholder={session.lifecycle.state === 'ended' ? 'Message: it goes on with this' : 'Message'}
              aria-keyshortcuts="Control+Enter"
              rows={Math.min(8, text.split('\n').length)}
              className={`${CONTROL} resize-none`}
              dir="auto"
              value={text}
              onChange={(event) => write(event.target.value)}
              onKeyDown={keys}
            />
            <IconButton
              type="submit"
              look="primary"
              label="Send"
              icon={<SendHorizontal aria-hidden="true" size={20} />}
              disabled={text.trim() === ''}
            />
          </div>
        </div>
      </div>
    </form>
  );
}
