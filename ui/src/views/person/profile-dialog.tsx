import { useCallback } from 'preact/hooks';
import { profileOf } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { useAnswer } from '../../components/hooks.js';
import { ProfileForm } from './profile-form.js';

/** What others see of the user, to be changed. */
export function ProfileDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { t } = app;
  const { username } = useDaemon((daemon) => daemon.me);
  const { value, problem } = useAnswer(useCallback(() => profileOf(app, username), [app, username]));
  return (
    <Dialog title={t('people.profile_title')} onClose={onClose}>
      {value && <ProfileForm profile={value} onClose={onClose} />}
      {problem !== undefined && !value && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
    </Dialog>
  );
}
