import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';
import { Sessions } from '../features/sessions/sessions.tsx';
import { paths, type SessionsBy } from '../paths.ts';

/** The list, narrowed as the address says. */
export function SessionsScreen({ go }: { readonly go: (path: string) => void }) {
  const search = new URLSearchParams(useSearch());
  const [, navigate] = useLocation();
  const said = (name: keyof SessionsBy) => search.get(name) ?? '';
  const by: SessionsBy = {
    view: said('view') === 'tree' ? 'tree' : 'status',
    q: said('q'),
    state: said('state'),
    runner: said('runner'),
    label: said('label'),
  };
  // Each letter of a search is no step to go back to.
  const onBy = useCallback((next: SessionsBy) => navigate(paths.sessionsBy(next), { replace: true }), [navigate]);
  return <Sessions by={by} go={go} onBy={onBy} />;
}
