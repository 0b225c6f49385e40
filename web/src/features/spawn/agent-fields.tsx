import type { RunnerView } from '@treeline/shared';
import { CONTROL, Field } from '../../ui/field.tsx';

interface AgentFieldsProps {
  readonly runner: RunnerView | undefined;
  readonly agent: string;
  readonly model: string;
  readonly onAgent: (agent: string) => void;
  readonly onModel: (model: string) => void;
}

/** Which agent does the work, of those that the runner has, and with which model. */
export function AgentFields({ runner, agent, model, onAgent, onModel }: AgentFieldsProps) {
  const offers = runner?.profile.agents ?? [];
  const chosen = offers.find(({ name }) => name === agent);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Agent" hint={chosen?.problem}>
        {(control) => (
          <select
            {...control}
            className={CONTROL}
            value={chosen?.name ?? ''}
            onChange={(event) => onAgent(event.target.value)}
          >
            <option value="">{runner === undefined ? 'Default' : `Default: ${runner.profile.defaultAgent}`}</option>
            {offers.map(({ name, version, problem }) => (
              <option key={name} value={name}>
                {name}
                {version !== undefined && ` ${version}`}
                {problem !== undefined && ' · not ready'}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Model">
        {(control) => (
          <input
            {...control}
            className={CONTROL}
            placeholder="The agent’s own choice"
            value={model}
            maxLength={200}
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => onModel(event.target.value)}
          />
        )}
      </Field>
    </div>
  );
}
