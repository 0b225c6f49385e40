import type { TriggerView } from '@treeline/shared';
import { useCallback, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { whyNotNow } from '../../state/away-words.ts';
import { countdown } from '../../state/time.ts';
import { isOpen, isWithParent, receiptOf } from '../../state/triggers.ts';
import { endingOf, TRIGGER_WORDS } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Pill } from '../../ui/pill.tsx';
import { useNow } from '../../ui/use-now.ts';
import { Ago } from '../ago.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { useRelay, useTitleOf, useWorld } from '../relay-context.ts';
import { useAction } from '../use-action.ts';
import { useKeys } from '../use-keys.ts';
import { offeredAnswers, textAnswers } from './answer.ts';
import { PathLine } from './path-line.tsx';
import { ReceiptLine } from './receipt-line.tsx';
import { ReplyForm } from './reply-form.tsx';
import { Subject } from './subject.tsx';
import { useAnswering } from './use-answering.ts';

interface TriggerCardProps {
  readonly trigger: TriggerView;
  /** The one that keys 1-9 and r are for. */
  readonly current?: boolean;
  /** Others are around it, so that it has to be seen which one is current. */
  readonly among?: boolean;
  /** Without the way to its own session, when that is on the screen. */
  readonly inSession?: boolean;
}

/** One decision: what is asked, by whom, and everything that can be said to it. */
export function TriggerCard({ trigger, current = false, among = false, inSession = false }: TriggerCardProps) {
  const word = TRIGGER_WORDS[trigger.type];
  const escalated = trigger.state.state === 'escalated' ? trigger.state : undefined;
  return (
    <Card
      id={`card-${trigger.id}`}
      aria-label={`${word.text} from ${trigger.path.at(-1)?.title ?? trigger.title}`}
      tabIndex={-1}
      strong={escalated !== undefined}
      className={current && among ? 'ring-2 ring-accent' : ''}
    >
      <div className="flex flex-col gap-3">
        <header className="flex flex-col gap-1">
          <div className="flex flex-wrap items-center gap-2">
            <Pill glyph={word.glyph} text={word.text} tone={isOpen(trigger) ? word.tone : 'quiet'} />
            <span className="text-[0.875rem] text-muted">
              <Ago at={trigger.createdAt} /> ago
            </span>
            {isWithParent(trigger) && <WithParent trigger={trigger} />}
          </div>
          <PathLine trigger={trigger} />
        </header>
        <Subject trigger={trigger} />
        {escalated?.context !== undefined && escalated.context !== '' && (
          <p className="border-l-3 border-attention-edge pl-3 text-[0.9375rem]">
            <span className="text-muted">Passed on with: </span>
            {escalated.context}
          </p>
        )}
        {isOpen(trigger) ? <Answering trigger={trigger} current={current} /> : <Closed trigger={trigger} />}
        {!inSession && (
          <Link
            href={paths.session(trigger.sessionId)}
            className="inline-flex min-h-11 items-center self-start text-[0.875rem] font-medium text-accent underline-offset-2 hover:underline"
          >
            See the session
          </Link>
        )}
      </div>
    </Card>
  );
}

function Answering({ trigger, current }: { readonly trigger: TriggerView; readonly current: boolean }) {
  const link = useWorld((world) => world.link);
  const online = link === 'online';
  const [writing, setWriting] = useState<number>();
  const answering = useAnswering(trigger);
  const offered = offeredAnswers(trigger);
  const texts = textAnswers(trigger);
  const open = writing === undefined ? undefined : texts[writing];
  const canPress = online && !answering.busy;
  const keys: Record<string, () => void> = {};
  if (current) {
    offered.slice(0, 9).forEach(({ answer }, at) => {
      keys[String(at + 1)] = () => {
        if (canPress) void answering.run(answer);
      };
    });
    if (texts.length > 0) keys['r'] = () => setWriting(0);
    keys['Escape'] = () => setWriting(undefined);
  }
  useKeys(keys);
  return (
    <div className="flex flex-col gap-2">
      {offered.map(({ label, answer, look }, at) => (
        <Button
          key={`${at}-${label}`}
          look={look}
          busy={answering.busy}
          disabled={!online}
          className="min-h-12 w-full"
          aria-keyshortcuts={current ? String(at + 1) : undefined}
          onClick={() => void answering.run(answer)}
        >
          {current && at < 9 && <Key>{at + 1}</Key>}
          <span className="min-w-0 break-words">{label}</span>
        </Button>
      ))}
      {open === undefined ? (
        texts.length > 0 && (
          <div className="flex flex-wrap gap-2">
            {texts.map(({ send }, at) => (
              <Button
                key={send}
                className="min-h-12 flex-1"
                disabled={!online || answering.busy}
                onClick={() => setWriting(at)}
              >
                {current && at === 0 && <Key>r</Key>}
                {send}…
              </Button>
            ))}
          </div>
        )
      ) : (
        <ReplyForm
          key={open.send}
          answer={open}
          busy={answering.busy}
          disabled={!online}
          onCancel={() => setWriting(undefined)}
          onSend={(response) =>
            void answering.run({ response, ...(open.action !== undefined && { action: open.action }) })
          }
        />
      )}
      {answering.busy && (
        <p role="status" className="text-[0.875rem] text-muted">
          Sending …
        </p>
      )}
      {!online && <p className="text-[0.875rem] text-attention">{whyNotNow(link)}</p>}
      <ProblemNote problem={answering.problem} />
    </div>
  );
}

/** The key that does the same, where there is a keyboard. */
function Key({ children }: { readonly children: ReactNode }) {
  return (
    <kbd
      aria-hidden="true"
      className="hidden min-w-5 rounded border border-current px-1 font-mono text-[0.75rem] leading-4 opacity-75 pointer-fine:inline-block"
    >
      {children}
    </kbd>
  );
}

function WithParent({ trigger }: { readonly trigger: TriggerView }) {
  const relay = useRelay();
  const now = useNow(1_000);
  const { id, escalatesAt } = trigger;
  const online = useWorld((world) => world.link === 'online');
  const takeOver = useAction(useCallback(() => relay.takeOver(id), [relay, id]));
  return (
    <div className="flex flex-wrap items-center gap-x-2 text-[0.875rem] text-waiting">
      <span>
        <span aria-hidden="true">↑ </span>with parent
        {escalatesAt !== undefined && `, ${countdown(escalatesAt, now)} left`}
      </span>
      <Button
        look="quiet"
        className="px-2 text-accent"
        disabled={!online}
        busy={takeOver.busy}
        onClick={() => void takeOver.run()}
      >
        Take over
      </Button>
      <ProblemNote problem={takeOver.problem} />
    </div>
  );
}

function Closed({ trigger }: { readonly trigger: TriggerView }) {
  const titleOf = useTitleOf();
  const runner = useWorld((world) => world.runners.get(world.sessions.get(trigger.sessionId)?.runnerId ?? ''));
  const receipt = receiptOf(trigger);
  const response = trigger.state.state === 'answered' ? trigger.state.response : '';
  return (
    <div className="flex flex-col gap-2 rounded-lg bg-sunken p-3">
      <p role="status" className="font-medium">
        {endingOf(trigger, titleOf)}
      </p>
      {response !== '' && <p className="line-clamp-4 break-words whitespace-pre-wrap">{response}</p>}
      {receipt !== undefined && (
        <ReceiptLine receipt={receipt} runnerAway={runner?.online === false ? runner.profile.name : undefined} />
      )}
    </div>
  );
}
