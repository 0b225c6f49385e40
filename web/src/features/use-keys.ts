/** Keyboard shortcuts, off while somebody types or a dialog or menu is open. `g i` is g, then i within a second. */
import { useEffect, useRef } from 'react';

const SEQUENCE_MS = 1_000;

export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let before: { key: string; at: number } | undefined;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('dialog[open], :popover-open') !== null) return;
      const inSequence = before !== undefined && event.timeStamp - before.at < SEQUENCE_MS;
      const act = (inSequence ? latest.current[`${before?.key} ${event.key}`] : undefined) ?? latest.current[event.key];
      before = { key: event.key, at: event.timeStamp };
      // A control that has the focus takes Enter for itself.
      if (act === undefined || (event.key === 'Enter' && isControl(event.target))) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== 'radio' && target.type !== 'checkbox';
  return target.isContentEditable || /^(textarea|select)$/i.test(target.tagName);
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('a, button, summary, [role=treeitem], [role=tab]') !== null;
}
