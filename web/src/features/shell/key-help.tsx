import { Fragment } from 'react';
import { Dialog } from '../../ui/dialog.tsx';

interface KeyGroup {
  readonly title: string;
  readonly keys: readonly (readonly [keys: string, what: string])[];
}

const GROUPS: readonly KeyGroup[] = [
  {
    title: 'Anywhere',
    keys: [
      ['Ctrl K', 'Go to any session or screen'],
      ['g i', 'Inbox'],
      ['g s', 'Sessions'],
      ['g r', 'Runners'],
      ['n', 'New session'],
      ['/', 'Search'],
      ['j  k', 'Next, previous'],
      ['Enter', 'Open'],
      ['Esc', 'Back'],
    ],
  },
  {
    title: 'A decision',
    keys: [
      ['1 … 9', 'Choose an answer'],
      ['a', 'Allow, approve'],
      ['d', 'Deny, reject'],
      ['r', 'Reply in words'],
      ['z', 'Put it off for an hour'],
      ['p', 'Take it over from the parent'],
    ],
  },
  {
    title: 'A session',
    keys: [
      ['[  ]', 'Parent, first child'],
      ['{  }', 'Session before, after'],
      ['u', 'To the turn before'],
      ['.', 'Stop, after a question'],
      ['Ctrl Enter', 'Send'],
      ['Ctrl Shift Enter', 'Send for after this turn'],
    ],
  },
];

/** Every key, in one place. */
export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      {GROUPS.map(({ title, keys }) => (
        <section key={title} className="pb-4">
          <h3 className="pb-2 text-[0.875rem] font-semibold text-muted">{title}</h3>
          <dl className="grid grid-cols-[9rem_minmax(0,1fr)] items-center gap-x-4 gap-y-1.5">
            {keys.map(([key, what]) => (
              <Fragment key={key}>
                <dt>
                  <kbd className="rounded border border-line bg-sunken px-2 py-0.5 font-mono text-[0.8125rem] whitespace-pre">
                    {key}
                  </kbd>
                </dt>
                <dd>{what}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
