import type { KeyboardEvent } from 'react';
import { useRouter } from 'wouter';
import { paths } from '../../../paths.ts';
import { BOX, type PlacedNode } from '../../../state/picture.ts';
import { STATUS_WORDS, type Tone } from '../../../state/words.ts';
import { classes } from '../../../ui/classes.ts';
import { useWorld } from '../../relay-context.ts';

interface PictureNodeProps {
  readonly placed: PlacedNode;
  readonly isSelected: boolean;
  readonly isPeeked: boolean;
  /** The one that the Tab key reaches. */
  readonly isStop: boolean;
  readonly onFocus: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onPeek: () => void;
  readonly onOpen: () => void;
}

const FILLS: Readonly<Record<Tone, string>> = {
  attention: 'fill-attention-soft stroke-attention-edge',
  working: 'fill-working-soft stroke-working',
  waiting: 'fill-waiting-soft stroke-waiting',
  good: 'fill-surface stroke-good',
  bad: 'fill-bad-soft stroke-bad',
  quiet: 'fill-surface stroke-edge',
};
const TEXTS: Readonly<Record<Tone, string>> = {
  attention: 'text-attention',
  working: 'text-working',
  waiting: 'text-waiting',
  good: 'text-good',
  bad: 'text-bad',
  quiet: 'text-muted',
};

/** One session in the picture: its title, its state in glyph, colour and word, and where it runs. */
export function PictureNode({
  placed,
  isSelected,
  isPeeked,
  isStop,
  onFocus,
  onKey,
  onPeek,
  onOpen,
}: PictureNodeProps) {
  const { session } = placed.node;
  const runner = useWorld((world) => world.runners.get(session.runnerId)?.profile.name);
  const { base } = useRouter();
  const word = STATUS_WORDS[session.status];
  const at = runner === undefined ? '' : ` · ${runner}`;
  return (
    <a
      href={`${base}${paths.session(session.id)}`}
      data-id={session.id}
      tabIndex={isStop ? 0 : -1}
      aria-label={`${session.title}, ${word.text}${at}`}
      aria-current={isSelected ? 'page' : undefined}
      className="group cursor-pointer outline-none"
      onFocus={onFocus}
      onKeyDown={onKey}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        // Enter on a link is a click that no pointer made.
        if (event.detail === 0) onOpen();
        else onPeek();
      }}
      onDoubleClick={onOpen}
    >
      <title>{session.title}</title>
      <rect
        x={placed.x}
        y={placed.y}
        width={BOX.width}
        height={BOX.height}
        rx={10}
        className={classes(
          FILLS[word.tone],
          'group-hover:stroke-accent group-focus-visible:stroke-accent group-focus-visible:stroke-3',
          isSelected || isPeeked ? 'stroke-3' : 'stroke-1',
          isSelected && 'stroke-accent',
        )}
      />
      {/* As HTML, so that what is too long is cut where it does not fit, whichever way it runs, and is read whole. */}
      <foreignObject x={placed.x + 14} y={placed.y + 8} width={BOX.width - 28} height={BOX.height - 12}>
        <span dir="auto" className="block truncate text-left text-[0.875rem] font-semibold text-text">
          {session.title}
        </span>
        <span className="block truncate text-[0.8125rem] text-muted">
          <span className={classes(TEXTS[word.tone], 'font-medium')}>
            {word.glyph} {word.text}
          </span>
          {at}
        </span>
      </foreignObject>
    </a>
  );
}
