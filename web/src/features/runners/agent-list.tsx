import type { RunnerView } from '@treeline/shared';

/** The agents of a runner, and which are not ready. */
export function AgentList({ agents }: { readonly agents: RunnerView['profile']['agents'] }) {
  return (
    <ul aria-label="Agents" className="flex flex-wrap gap-1.5">
      {agents.map(({ name, version, problem }) => (
        <li key={name} title={problem} className="rounded-md bg-sunken px-2 py-0.5 text-[0.8125rem]">
          {problem !== undefined && (
            <span className="text-bad">
              <span aria-hidden="true">✕ </span>
              <span className="sr-only">not ready: {problem} </span>
            </span>
          )}
          {name}
          {version !== undefined && <span className="text-muted"> {version}</span>}
        </li>
      ))}
    </ul>
  );
}
