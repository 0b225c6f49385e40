import { Page } from '../../page.tsx';
import { Part } from '../../part.tsx';
import { Passkeys } from './passkeys.tsx';
import { PasswordForm } from './password-form.tsx';

/** With what one comes in. */
export function SignInSettings() {
  return (
    <Page title="Sign-in" narrow>
      <div className="flex flex-col gap-8">
        <Part title="Passkeys">
          <Passkeys />
        </Part>
        <Part title="Password">
          <PasswordForm />
        </Part>
      </div>
    </Page>
  );
}
