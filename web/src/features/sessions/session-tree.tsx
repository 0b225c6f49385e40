import { useRef, useState, type KeyboardEvent } from 'react';
import { linesOf, type TreeLine, type TreeNode } from '../../state/tree.ts';
import { classes } from '../../ui/classes.ts';
import { Twisty } from '../../ui/twisty.tsx';
import { TreeItem } from './tree-item.tsx';

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
