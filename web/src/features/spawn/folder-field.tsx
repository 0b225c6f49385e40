import { useId, useMemo } from 'react';
import { CONTROL, Field } from '../../ui/field.tsx';
import { useWorld } from '../relay-context.ts';
import { recentFolders } from './recent-folders.ts';

interface FolderFieldProps {
  readonly runnerId: string | undefined;
  readonly runnerName: string | undefined;
  readonly value: string;
  readonly onChange: (folder: string) => void;
}

const MOST = 12;

/** Where on the runner it works; offers the folders that were used there. */
export function FolderField({ runnerId, runnerName, value, onChange }: FolderFieldProps) {
  const list = useId();
  const sessions = useWorld((world) => world.sessions);
  const folders = useMemo(() => {
    const used = [...sessions.values()]
      .filter((session) => session.runnerId === runnerId)
      .toSorted((a, b) => b.createdAt - a.createdAt)
      .flatMap(({ cwd }) => cwd ?? []);
    return [...new Set([...(runnerId === undefined ? [] : recentFolders(runnerId)), ...used])].slice(0, MOST);
  }, [sessions, runnerId]);
  return (
    <Field label="Folder" hint={`On ${runnerName ?? 'the runner'}, below its allowed roots.`}>
      {(control) => (
        <>
          <input
            {...control}
            list={list}
            className={`${CONTROL} font-mono`}
            placeholder="The runner’s own choice"
            value={value}
            maxLength={4096}
            spellCheck={false}
            autoCapitalize="none"
            autoCorrect="off"
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={list}>
            {folders.map((folder) => (
              <option key={folder}>{folder}</option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
