import type { TriggerView } from '@treeline/shared';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { isOpen, isSnoozed, isWithParent } from '../../state/triggers.ts';
import { TRIGGER_WORDS } from '../../state/words.ts';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Pill } from '../../ui/pill.tsx';
import { Ago } from '../ago.tsx';
import { useMay } from '../relay-context.ts';
import { Answering } from './answering.tsx';
import { Closed } from './closed.tsx';
import { PathLine } from './path-line.tsx';
import { Snoozed } from './snoozed.tsx';
import { Subject } from './subject.tsx';
import { WithParent } from './with-parent.tsx';

interface TriggerCardProps {
  readonly trigger: TriggerView;
  /** Others that the same answer fits, itself included. */
  readonly alike?: readonly TriggerView[];
  /** The one that the keys are for. */
  readonly current?: boolean;
  /** Others are around it, so that it has to be seen which one is current. */
  readonly among?: boolean;
  /** Without the way to its own session, when that is on the screen. */
  readonly inSession?: boolean;
}

/** One decision: what is asked, by whom, and everything that can be said to it. */
export function TriggerCard(props: TriggerCardProps) {
  const { trigger, alike = [], current = false, among = false, inSession = false } = props;
  const mayAnswer = useMay('answer');
  const word = TRIGGER_WORDS[trigger.type];
  const escalated = trigger.state.state === 'escalated' ? trigger.state : undefined;
  return (
    <Card
      id={`card-${trigger.id}`}
      aria-label={`${word.text} from ${trigger.path.at(-1)?.title ?? trigger.title}`}
      tabIndex={-1}
      strong={escalated !== undefined && !isSnoozed(trigger)}
      className={classes('scroll-mt-3 outline-hidden', current && among && 'ring-2 ring-accent')}
    >
      <div className="flex flex-col gap-3">
        <header className="flex flex-col gap-1">
          <div className="flex flex-wrap items-center gap-2">
            <Pill glyph={word.glyph} text={word.text} tone={isOpen(trigger) ? word.tone : 'quiet'} />
            <span className="text-[0.875rem] text-muted">
              <Ago at={trigger.createdAt} /> ago
            </span>
            {isWithParent(trigger) && <WithParent trigger={trigger} current={current} />}
            {isSnoozed(trigger) && <Snoozed trigger={trigger} />}
          </div>
          <PathLine trigger={trigger} />
        </header>
        <Subject trigger={trigger} />
        {escalated?.context !== undefined && escalated.context !== '' && (
          <p className="border-l-3 border-attention-edge pl-3 text-[0.9375rem]">
            <span className="text-muted">Passed on with: </span>
            <bdi className="break-words">{escalated.context}</bdi>
          </p>
        )}
        {isOpen(trigger) && !mayAnswer ? (
          <p className="text-[0.875rem] text-muted">It waits for an operator or an owner; you may look.</p>
        ) : isOpen(trigger) ? (
          <Answering trigger={trigger} alike={alike} current={current} />
        ) : (
          <Closed trigger={trigger} />
        )}
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
