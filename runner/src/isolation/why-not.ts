/** What to do when the isolation cannot be had, by what `bwrap` says. */

export const INSTALL =
  'Install bubblewrap: sudo apt-get install bubblewrap (dnf, pacman and apk have it by the same name).';

const KNOWN: readonly { readonly said: RegExp; readonly fix: string }[] = [
  { said: /ENOENT/, fix: INSTALL },
  {
    said: /No permissions to creat|Creating new namespace failed|uid map|Operation not permitted.*namespace|max_user_namespaces/i,
    fix:
      'This machine lets the user of the runner make no namespaces. On Ubuntu 24.04 and later allow it for bwrap by its AppArmor profile (docs/runner.md), ' +
      'on older Debian by `sudo sysctl kernel.unprivileged_userns_clone=1`; a container must be started with it allowed.',
  },
  {
    said: /mount proc|\/proc/,
    fix: 'What runs this runner hides parts of /proc, as a unit of the system and a container do: "Isolation" in docs/runner.md says how to allow it.',
  },
];

/** A sentence that says what to do. */
export function whyNot(said: string): string {
  const known = KNOWN.find((problem) => problem.said.test(said));
  return known?.fix ?? 'Mend what it says, or turn the isolation off in config.json.';
}
