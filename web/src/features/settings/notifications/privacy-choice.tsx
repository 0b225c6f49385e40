import type { NotifyPreferences, Privacy } from '@treeline/shared';
import { Choice } from '../../../ui/choice.tsx';

interface PrivacyChoiceProps {
  readonly preferences: NotifyPreferences;
  readonly onChange: (part: Partial<NotifyPreferences>) => void;
}

const LEVELS: readonly { readonly id: Privacy; readonly text: string }[] = [
  { id: 'title', text: 'Title only' },
  { id: 'full', text: 'The question too' },
];

export function PrivacyChoice({ preferences, onChange }: PrivacyChoiceProps) {
  const { privacy } = preferences;
  return (
    <div className="flex flex-col gap-4">
      <Choice
        label="On your devices"
        options={LEVELS}
        value={privacy.push}
        onChange={(push) => onChange({ privacy: { ...privacy, push } })}
      />
      <Choice
        label="In the ntfy topic"
        options={LEVELS}
        value={privacy.ntfy}
        onChange={(ntfy) => onChange({ privacy: { ...privacy, ntfy } })}
      />
      <p className="text-[0.875rem] text-muted">
        A push is encrypted for its device: the push service cannot read it, a locked screen may show it. An ntfy server
        reads what it passes on.
      </p>
    </div>
  );
}
