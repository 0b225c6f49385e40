import type { QuietHours } from '@treeline/shared';
import { CONTROL, Field } from '../../../ui/field.tsx';
import { Switch } from '../../../ui/switch.tsx';

interface QuietProps {
  readonly quiet: QuietHours | null;
  readonly onChange: (quiet: QuietHours | null) => void;
}

const NIGHT = { from: '22:00', to: '07:00' };

/** Nothing rings between the two; what still waits at the end does then. */
export function Quiet({ quiet, onChange }: QuietProps) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div className="flex flex-col gap-3">
      <Switch
        label="Nothing rings at night"
        hint="What still waits in the morning rings then"
        on={quiet !== null}
        onChange={(on) => onChange(on ? { ...NIGHT, zone: here } : null)}
      />
      {quiet !== null && (
        <div className="grid grid-cols-2 gap-4">
          {(['from', 'to'] as const).map((end) => (
            <Field key={end} label={end === 'from' ? 'From' : 'To'} hint={end === 'to' ? quiet.zone : undefined}>
              {(control) => (
                <input
                  {...control}
                  type="time"
                  required
                  className={CONTROL}
                  value={quiet[end]}
                  onChange={({ target }) => {
                    if (target.value !== '') onChange({ ...quiet, [end]: target.value, zone: here });
                  }}
                />
              )}
            </Field>
          ))}
        </div>
      )}
    </div>
  );
}
