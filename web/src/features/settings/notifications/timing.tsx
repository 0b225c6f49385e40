import type { NotifyPreferences } from '@treeline/shared';
import { CONTROL, Field } from '../../../ui/field.tsx';

interface TimingProps {
  readonly preferences: NotifyPreferences;
  readonly onChange: (part: Partial<NotifyPreferences>) => void;
}

const REMINDERS = [0, 5, 10, 15, 30, 60];
const LATER = [5, 15, 30, 60, 120];

export function Timing({ preferences, onChange }: TimingProps) {
  const { remindAfterMin, laterAfterMin } = preferences;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Ring again" hint="Once, on your devices, while it still waits">
        {(control) => (
          <select
            {...control}
            className={CONTROL}
            value={remindAfterMin}
            onChange={({ target }) => onChange({ remindAfterMin: Number(target.value) })}
          >
            {offered(REMINDERS, remindAfterMin).map((minutes) => (
              <option key={minutes} value={minutes}>
                {minutes === 0 ? 'Never' : `After ${minutes} min`}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="“Later” is" hint="Only if it is still so by then">
        {(control) => (
          <select
            {...control}
            className={CONTROL}
            value={laterAfterMin}
            onChange={({ target }) => onChange({ laterAfterMin: Number(target.value) })}
          >
            {offered(LATER, laterAfterMin).map((minutes) => (
              <option key={minutes} value={minutes}>
                After {minutes} min
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

/** With the one that is set, should it be another. */
function offered(usual: readonly number[], current: number): number[] {
  return [...new Set([...usual, current])].toSorted((a, b) => a - b);
}
