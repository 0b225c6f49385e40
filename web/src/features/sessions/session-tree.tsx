import { ChevronDown, ChevronRight } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import { linesOf, type TreeLine, type TreeNode } from '../../state/tree.ts';
import { classes } from '../../ui/classes.ts';
import { Ago } from '../ago.tsx';
import { useWorld } from '../relay-context.ts';
import { StatusPill } from '../status-pill.tsx';

interface SessionTreeProps {
  readonly label: string;
  readonly forest: readonly TreeNode[];
  readonly selected?: string | undefined;
  readonly onOpen: (id: string) => void;
}

/**
 * Sessions as an ARIA tree: one stop of the Tab key, arrows inside it, Enter opens. Left closes or goes to the parent,
 * right opens or goes to the first child.
 */
export function SessionTree({ label, forest, selected, onOpen }: SessionTreeProps) {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string>();
  const element = useRef<HTMLDivElement>(null);
  const lines = linesOf(forest, (id) => collapsed.has(id));
  const stop =
    [focused, selected].find((id) => lines.some(({ node }) => node.session.id === id)) ?? lines[0]?.node.session.id;

  const focus = (line: TreeLine | undefined) => {
    if (line === undefined) return;
    setFocused(line.node.session.id);
    element.current?.querySelector<HTMLElement>(`[data-id="${line.node.session.id}"]`)?.focus();
  };
  const toggle = (id: string, open: boolean) =>
    setCollapsed((before) => {
      const next = new Set(before);
      if (open) next.delete(id);
      else next.add(id);
      return next;
    });
  const keys = (event: KeyboardEvent, at: number) => {
    const line = lines[at];
    if (line === undefined || event.target !== event.currentTarget) return;
    const { id } = line.node.session;
    const hasChildren = line.node.children.length > 0;
    const acts: Record<string, () => void> = {
      ArrowDown: () => focus(lines[at + 1]),
      ArrowUp: () => focus(lines[at - 1]),
      Home: () => focus(lines[0]),
      End: () => focus(lines.at(-1)),
      ArrowRight: () =>
        hasChildren && collapsed.has(id) ? toggle(id, true) : hasChildren ? focus(lines[at + 1]) : undefined,
      ArrowLeft: () =>
        hasChildren && !collapsed.has(id)
          ? toggle(id, false)
          : focus(lines.slice(0, at).findLast(({ level }) => level < line.level)),
      Enter: () => onOpen(id),
      ' ': () => onOpen(id),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <div ref={element} role="tree" aria-label={label} className="flex flex-col">
      {lines.map((line, at) => {
        const { id } = line.node.session;
        return (
          <div
            key={id}
            role="treeitem"
            data-id={id}
            aria-level={line.level}
            aria-posinset={line.position}
            aria-setsize={line.size}
            aria-expanded={line.node.children.length > 0 ? !collapsed.has(id) : undefined}
            aria-selected={id === selected}
            tabIndex={id === stop ? 0 : -1}
            onClick={() => onOpen(id)}
            onFocus={() => setFocused(id)}
            onKeyDown={(event) => keys(event, at)}
            className={classes(
              'flex min-h-12 cursor-pointer items-center gap-1 rounded-lg pr-2 -outline-offset-2! hover:bg-hover',
              id === selected && 'bg-accent-soft',
            )}
            style={{ paddingLeft: `${(line.level - 1) * 1.25}rem` }}
          >
            <Twisty
              open={line.node.children.length === 0 ? undefined : !collapsed.has(id)}
              onToggle={() => toggle(id, collapsed.has(id))}
            />
            <TreeItem line={line} collapsed={collapsed.has(id)} />
          </div>
        );
      })}
    </div>
  );
}

/** For the mouse and the finger; the keyboard has the arrows. */
function Twisty({ open, onToggle }: { readonly open: boolean | undefined; readonly onToggle: () => void }) {
  if (open === undefined) return <span className="w-8 shrink-0" aria-hidden="true" />;
  const Icon = open ? ChevronDown : ChevronRight;
  return (
    <span
      aria-hidden="true"
      className="flex h-11 w-8 shrink-0 items-center justify-center text-muted"
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      <Icon size={18} />
    </span>
  );
}

function TreeItem({ line, collapsed }: { readonly line: TreeLine; readonly collapsed: boolean }) {
  const { session, worst } = line.node;
  const runner = useWorld((world) => world.runners.get(session.runnerId)?.profile.name);
  // Below an open branch the children speak for themselves; a root always says the worst.
  const shown = collapsed || line.level === 1 ? worst : undefined;
  return (
    <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-0.5 py-1.5">
      <span className="min-w-0 flex-1 basis-32 truncate font-medium">{session.title}</span>
      <StatusPill status={session.status} worst={shown} />
      <span className="hidden w-40 truncate text-[0.8125rem] text-muted @min-3xl:inline">
        {session.agent}
        {runner !== undefined && ` @ ${runner}`}
      </span>
      <Ago at={session.lifecycle.since} className="hidden w-8 text-right text-[0.8125rem] text-muted @min-lg:inline" />
    </span>
  );
}
