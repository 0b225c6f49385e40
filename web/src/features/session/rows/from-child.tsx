import { Link } from 'wouter';
import { paths } from '../../../paths.ts';
import type { RowOf } from '../../../state/rows.ts';
import { TRIGGER_WORDS } from '../../../state/words.ts';
import { Folded } from '../../../ui/folded.tsx';
import { Markdown } from '../../../ui/markdown.tsx';
import { Pill } from '../../../ui/pill.tsx';
import { useWorld } from '../../relay-context.ts';

/** A child's question, plan, result or error, as it came to this session. */
export function FromChild({ row: { origin, text } }: { readonly row: RowOf<'user'> }) {
  const trigger = useWorld((world) => world.triggers.get(origin?.triggerId ?? ''));
  const title = useWorld((world) => world.sessions.get(origin?.sessionId ?? '')?.title) ?? origin?.name ?? 'a child';
  // Whoever looks through a shared link sees no triggers.
  const word = trigger && TRIGGER_WORDS[trigger.type];
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-3">
      <p className="flex flex-wrap items-center gap-2 text-[0.875rem] text-muted">
        {word !== undefined && <Pill glyph={word.glyph} text={word.text} tone="quiet" />}
        <span className="min-w-0 break-words">
          from{' '}
          {origin?.sessionId === undefined ? (
            title
          ) : (
            <Link
              href={paths.session(origin.sessionId)}
              className="font-medium text-accent underline-offset-2 hover:underline"
            >
              {title}
            </Link>
          )}
        </span>
      </p>
      <Folded lines={8}>
        <Markdown text={text} />
      </Folded>
    </div>
  );
}
