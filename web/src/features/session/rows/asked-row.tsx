import { isOpen } from '../../../state/triggers.ts';
import { endingOf, TRIGGER_WORDS } from '../../../state/words.ts';
import type { RowOf } from '../../../state/rows.ts';
import { Folded } from '../../../ui/folded.tsx';
import { Markdown } from '../../../ui/markdown.tsx';
import { Pill } from '../../../ui/pill.tsx';
import { useTitleOf, useWorld } from '../../relay-context.ts';

/** A trigger that this session made, and how it ended. */
export function AskedRow({ row }: { readonly row: RowOf<'asked'> }) {
  const trigger = useWorld((world) => world.triggers.get(row.triggerId));
  const titleOf = useTitleOf();
  const word = TRIGGER_WORDS[row.ask.type];
  const ending = trigger === undefined ? undefined : endingOf(trigger, titleOf);
  const response = trigger?.state.state === 'answered' ? trigger.state.response : undefined;
  const open = trigger !== undefined && isOpen(trigger) && !row.withdrawn;
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Pill glyph={word.glyph} text={word.text} tone={open ? 'attention' : 'quiet'} />
        <span className="text-[0.8125rem] text-muted">
          {open ? (trigger.state.state === 'escalated' ? 'waits for a person' : 'waits for its parent') : ''}
          {row.withdrawn && 'withdrawn'}
        </span>
      </div>
      {row.ask.permission?.command !== undefined ? (
        <pre className="font-mono text-[0.8125rem] break-all whitespace-pre-wrap">{row.ask.permission.command}</pre>
      ) : (
        <Folded lines={10}>
          <Markdown text={row.ask.text} />
        </Folded>
      )}
      {ending !== undefined && (
        <div className="border-l-3 border-good pl-3">
          <p className="text-[0.8125rem] font-medium text-muted">{ending}</p>
          {response !== undefined && response !== '' && <p className="break-words whitespace-pre-wrap">{response}</p>}
        </div>
      )}
    </div>
  );
}
