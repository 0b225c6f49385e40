import type { NotifyChannel, NotifyEvent, NotifyPreferences, Promptness } from '@treeline/shared';

interface MatrixProps {
  readonly preferences: NotifyPreferences;
  readonly hasTopic: boolean;
  readonly onChange: (part: Partial<NotifyPreferences>) => void;
}

const EVENTS: readonly { readonly id: NotifyEvent; readonly text: string; readonly hint: string }[] = [
  { id: 'needs_you', text: 'A tree needs you', hint: 'A question, plan or permission, however deep' },
  { id: 'failed', text: 'A tree failed', hint: 'Its root ended with an error or was lost' },
  { id: 'completed', text: 'A tree is done', hint: 'Its root finished' },
];
const CHANNELS: readonly { readonly id: NotifyChannel; readonly text: string }[] = [
  { id: 'push', text: 'Devices' },
  { id: 'ntfy', text: 'ntfy' },
];

const WORDS: readonly (readonly [Promptness, string])[] = [
  ['off', 'Off'],
  ['now', 'At once'],
  ['later', 'Later'],
];

/** Each event in each channel: not, at once, or only when it still is so after a while. */
export function Matrix({ preferences, hasTopic, onChange }: MatrixProps) {
  return (
    <div className="flex flex-col gap-2">
      <table className="w-full border-separate border-spacing-y-1 text-left">
        <thead>
          <tr className="text-[0.875rem] text-muted">
            <th scope="col" className="font-medium">
              When
            </th>
            {CHANNELS.map(({ id, text }) => (
              <th key={id} scope="col" className="w-30 pl-2 font-medium sm:w-40">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {EVENTS.map((event) => (
            <tr key={event.id}>
              <th scope="row" className="font-normal">
                <span className="block font-medium">{event.text}</span>
                <span className="block text-[0.8125rem] text-muted max-sm:sr-only">{event.hint}</span>
              </th>
              {CHANNELS.map((channel) => (
                <td key={channel.id} className="pl-2">
                  <select
                    aria-label={`${event.text}: ${channel.text}`}
                    className="min-h-11 w-full rounded-lg border border-edge bg-surface px-2 text-base"
                    value={preferences[channel.id][event.id]}
                    onChange={({ target }) =>
                      onChange({
                        [channel.id]: { ...preferences[channel.id], [event.id]: target.value as Promptness },
                      })
                    }
                  >
                    {WORDS.map(([id, text]) => (
                      <option key={id} value={id}>
                        {text}
                      </option>
                    ))}
                  </select>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {!hasTopic && <p className="text-[0.875rem] text-muted">The ntfy column needs a topic; set one below.</p>}
    </div>
  );
}
