import type { RunnerView } from '@treeline/shared';

interface VersionProps {
  readonly profile: RunnerView['profile'];
  /** Of the relay; undefined while it is not known. */
  readonly relay: string | undefined;
}

/** A runner of another version works as long as both speak the same protocol; somebody should still know. */
export function VersionLine({ profile, relay }: VersionProps) {
  const differs = relay !== undefined && relay !== profile.version;
  return (
    <p className="text-[0.8125rem] text-muted">
      {profile.platform} · treeline {profile.version}
      {differs && (
        <span className="text-attention">
          {' '}
          <span aria-hidden="true">! </span>the relay is {relay}
        </span>
      )}
    </p>
  );
}
