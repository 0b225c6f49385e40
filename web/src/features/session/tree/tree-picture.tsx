import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { neighbour, pictureOf } from '../../../state/picture.ts';
import type { TreeNode } from '../../../state/tree.ts';
import { PictureEdge } from './picture-edge.tsx';
import { PictureNode } from './picture-node.tsx';
import { useHistory } from './use-history.ts';

interface TreePictureProps {
  readonly tree: TreeNode;
  readonly selected: string;
  readonly peeked: string | undefined;
  readonly onPeek: (id: string) => void;
  readonly onOpen: (id: string) => void;
}

/** The tree as a drawing: a press peeks, Enter opens, arrows walk. It never shrinks below what can be read; a large one scrolls. */
export function TreePicture({ tree, selected, peeked, onPeek, onOpen }: TreePictureProps) {
  const { messages, triggers } = useHistory(tree);
  const picture = useMemo(() => pictureOf(tree, { messages, triggers: triggers.values() }), [tree, messages, triggers]);
  const element = useRef<SVGSVGElement>(null);
  const [focused, setFocused] = useState(selected);
  // A parent of many is drawn in their middle, which may be far from the first of them.
  useEffect(() => {
    element.current?.querySelector(`[data-id="${selected}"]`)?.scrollIntoView({ block: 'center', inline: 'nearest' });
  }, [selected]);
  const stop = picture.nodes.some(({ node }) => node.session.id === focused) ? focused : tree.session.id;
  const keys = (event: KeyboardEvent) => {
    if (event.key === ' ') {
      event.preventDefault();
      onPeek(stop);
      return;
    }
    const next = neighbour(picture, stop, event.key);
    if (next === undefined) return;
    event.preventDefault();
    setFocused(next);
    element.current?.querySelector<SVGElement>(`[data-id="${next}"]`)?.focus();
  };
  return (
    <div className="min-h-0 flex-1 overflow-auto p-2">
      <svg
        ref={element}
        role="group"
        aria-label="Picture of the tree. The list says the same in words."
        width={picture.width}
        height={picture.height}
      >
        <defs>
          <marker id="asks" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M8 0L0 4l8 4z" className="fill-attention" />
          </marker>
        </defs>
        {picture.edges.map((edge) => (
          <PictureEdge key={edge.to.node.session.id} edge={edge} />
        ))}
        {picture.nodes.map((placed) => {
          const { id } = placed.node.session;
          return (
            <PictureNode
              key={id}
              placed={placed}
              isSelected={id === selected}
              isPeeked={id === peeked}
              isStop={id === stop}
              onFocus={() => setFocused(id)}
              onKey={keys}
              onPeek={() => onPeek(id)}
              onOpen={() => onOpen(id)}
            />
          );
        })}
      </svg>
    </div>
  );
}
