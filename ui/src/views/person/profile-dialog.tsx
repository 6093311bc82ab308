import { useCallback, useId, useState } from 'preact/hooks';
import type { ProfileView } from '../../../../protocol/local-api.js';
import { profileOf, setProfile } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { useAnswer, useBusy } from '../../components/hooks.js';
import { TextInput, useCutNote } from '../../components/text-input.js';
import { PictureField, type PictureChange } from './picture-field.js';

/** Characters, as the daemon takes them. */
const NAME_MAX = 64;
const ABOUT_MAX = 512;

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

interface ProfileFormProps {
  /** As it was when the form was opened. */
  readonly profile: ProfileView;
  onClose(): void;
}

function ProfileForm({ profile, onClose }: ProfileFormProps) {
  const app = useApp();
  const { t } = app;
  const { username } = profile;
  const [name, setName] = useState(profile.name ?? '');
  const [about, setAbout] = useState(profile.about ?? '');
  const [picture, setPicture] = useState<PictureChange>();
  const [bot, setBot] = useState(profile.bot === true);
  const { busy, run } = useBusy();
  const [problem, setProblem] = useState<string>();
  const cut = useCutNote(ABOUT_MAX);
  const id = useId();
  const save = (event: Event): Promise<void> => {
    event.preventDefault();
    return run(async () => {
      const failure = await setProfile(app, { name, about, bot, ...(picture === undefined ? {} : { picture }) });
      setProblem(failure);
      if (failure === undefined) onClose();
    });
  };
  return (
    <form class="form" onSubmit={(event) => void save(event)}>
      <PictureField
        username={username}
        present={profile.picture !== undefined}
        change={picture}
        onChange={setPicture}
      />
      <div class="field">
        <label for={`${id}-name`}>{t('people.name')}</label>
        <TextInput
          id={`${id}-name`}
          class="input"
          dir="auto"
          autoComplete="off"
          maxLength={NAME_MAX}
          placeholder={username}
          aria-describedby={`${id}-hint`}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <p id={`${id}-hint`} class="field-hint">
          {t('people.name_hint', { username })}
        </p>
      </div>
      <div class="field">
        <label for={`${id}-about`}>{t('people.about_label')}</label>
        <textarea
          id={`${id}-about`}
          class="input profile-about"
          dir="auto"
          rows={4}
          maxLength={ABOUT_MAX}
          aria-describedby={`${id}-what`}
          value={about}
          onBeforeInput={cut.onBeforeInput}
          onInput={(event) => setAbout(event.currentTarget.value)}
        />
        {cut.note}
        <p id={`${id}-what`} class="field-hint">
          {t('people.about_hint')}
        </p>
      </div>
      <label class="choice">
        <input type="checkbox" checked={bot} onChange={(event) => setBot(event.currentTarget.checked)} />
        {t('people.bot_set')}
      </label>
      <p class="field-error" role="alert">
        {problem}
      </p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {t('people.cancel')}
        </button>
        <button class="button button-primary" disabled={busy}>
          {t(busy ? 'people.saving' : 'people.save')}
        </button>
      </div>
    </form>
  );
}
