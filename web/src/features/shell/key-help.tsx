import { Fragment } from 'react';
import { Dialog } from '../../ui/dialog.tsx';

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['g i', 'Inbox'],
  ['g s', 'Sessions'],
  ['g r', 'Runners'],
  ['n', 'New session'],
  ['/', 'Search'],
  ['j  k', 'Next, previous'],
  ['Enter', 'Open'],
  ['1 … 9', 'Choose an answer'],
  ['r', 'Reply in words'],
  ['[  ]', 'Parent, first child'],
  ['.', 'Stop, after a question'],
  ['Ctrl Enter', 'Send'],
  ['Esc', 'Back'],
];

/** Every key, in one place. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2 pt-2">
        {KEYS.map(([keys, what]) => (
          <Fragment key={keys}>
            <dt>
              <kbd className="rounded border border-line bg-sunken px-2 py-0.5 font-mono text-[0.8125rem] whitespace-pre">
                {keys}
              </kbd>
            </dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}
