import type { TriggerView } from '@treeline/shared';
import { Link } from 'wouter';
import { paths } from '../../paths.ts';
import { inline } from '../../state/plain-text.ts';
import { isOpen, isWithParent } from '../../state/triggers.ts';
import { TRIGGER_WORDS } from '../../state/words.ts';
import { classes } from '../../ui/classes.ts';
import { Pill } from '../../ui/pill.tsx';
import { Ago } from '../ago.tsx';

interface InboxListProps {
  readonly triggers: readonly TriggerView[];
  readonly selected: string | undefined;
}

/** The left column on a wide screen: one line of each, the chosen one's card is beside it. */
export function InboxList({ triggers, selected }: InboxListProps) {
  return (
    <ul className="flex flex-col gap-1">
      {triggers.map((trigger) => {
        const word = TRIGGER_WORDS[trigger.type];
        return (
          <li key={trigger.id}>
            <Link
              href={paths.trigger(trigger.id)}
              aria-current={trigger.id === selected ? 'true' : undefined}
              className={classes(
                'flex flex-col gap-1 rounded-xl border p-3',
                trigger.id === selected ? 'border-accent bg-accent-soft' : 'border-transparent hover:bg-hover',
              )}
            >
              <span className="flex items-center justify-between gap-2">
                <Pill
                  glyph={word.glyph}
                  text={isOpen(trigger) ? word.text : 'closed'}
                  tone={isOpen(trigger) && !isWithParent(trigger) ? word.tone : 'quiet'}
                />
                <Ago at={trigger.createdAt} className="text-[0.8125rem] text-muted" />
              </span>
              <span dir="auto" className="line-clamp-2 font-medium break-words">
                {trigger.permission?.command ?? inline(trigger.text)}
              </span>
              <span className="truncate text-[0.8125rem] text-muted">
                {trigger.path.map(({ title }) => title).join(' › ')}
                {isWithParent(trigger) && ' · with parent'}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
