import type { SessionView } from '@treeline/shared';
import { SendHorizontal, X } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { requestKey } from '../../relay/request-key.ts';
import { Choice } from '../../ui/choice.tsx';
import { CONTROL } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';

type DeliverAs = 'steer' | 'followUp';

interface Message {
  readonly key: string;
  readonly text: string;
  readonly deliverAs: DeliverAs;
}

const WHEN: readonly { readonly id: DeliverAs; readonly text: string }[] = [
  { id: 'steer', text: 'Now' },
  { id: 'followUp', text: 'After this turn' },
];

/** A message to the session. Without a relay it waits here in sight, and can be taken back until it is sent. */
export function Composer({ session }: { readonly session: SessionView }) {
  const relay = useRelay();
  const online = useWorld((world) => world.link === 'online');
  const { id } = session;
  const [text, setText] = useState('');
  const [deliverAs, setDeliverAs] = useState<DeliverAs>('followUp');
  const [queue, setQueue] = useState<readonly Message[]>([]);
  const send = useAction(
    useCallback(
      async (message: Message) => {
        await relay.send(id, message);
        setQueue((before) => before.filter(({ key }) => key !== message.key));
      },
      [relay, id],
    ),
  );
  const { run, busy } = send;
  const next = queue[0];
  const tried = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (!online) tried.current = undefined;
    // A message that was refused is not sent again by itself.
    if (!online || next === undefined || busy || tried.current === next.key) return;
    tried.current = next.key;
    void run(next);
  }, [online, next, busy, run]);

  const working = session.lifecycle.state === 'running';
  const over = session.lifecycle.state === 'ended' && !session.lifecycle.resumable;
  const submit = (how: DeliverAs) => {
    if (text.trim() === '' || over) return;
    setQueue([...queue, { key: requestKey(), text: text.trim(), deliverAs: how }]);
    setText('');
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
        {queue.map((message) => (
          <div key={message.key} className="flex items-center gap-2 rounded-lg bg-sunken pl-3 text-[0.875rem]">
            <span className="min-w-0 flex-1 truncate">{message.text}</span>
            <span className="text-muted">{online && send.problem === undefined ? 'sending' : 'not sent'}</span>
            <IconButton
              label="Take back"
              icon={<X aria-hidden="true" size={18} />}
              onClick={() => {
                setQueue(queue.filter(({ key }) => key !== message.key));
                send.clear();
              }}
            />
          </div>
        ))}
        <ProblemNote problem={send.problem} onRetry={() => next !== undefined && void run(next)} />
        {working && (
          <Choice label="When it gets the message" quiet options={WHEN} value={deliverAs} onChange={setDeliverAs} />
        )}
        <div className="flex items-end gap-2">
          <textarea
            aria-label="Message"
            placeholder={session.lifecycle.state === 'ended' ? 'Message: it goes on with this' : 'Message'}
            aria-keyshortcuts="Control+Enter"
            rows={Math.min(8, text.split('\n').length)}
            className={`${CONTROL} resize-none`}
            value={text}
            onChange={(event) => setText(event.target.value)}
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
    </form>
  );
}
