import { useRef, useState } from 'preact/hooks';
import { scaledPicture } from '../../app/picture.js';
import { useApp } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';

/** What is to become of the picture: base64 of a new one, null for none, undefined for the one that there is. */
export type PictureChange = string | null | undefined;

interface PictureFieldProps {
  readonly username: string;
  /** Whether there is one now. */
  readonly present: boolean;
  readonly change: PictureChange;
  onChange(change: PictureChange): void;
}

export function PictureField({ username, present, change, onChange }: PictureFieldProps) {
  const { t } = useApp();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string>();
  const choose = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const scaled = await scaledPicture(file);
    setProblem(scaled === undefined ? t('people.picture_failed') : undefined);
    if (scaled !== undefined) onChange(scaled);
  };
  const shown = typeof change === 'string' || (present && change !== null);
  return (
    <div class="field picture-field" role="group" aria-label={t('people.picture')}>
      {typeof change === 'string' ? (
        <span class="avatar avatar-large">
          <img class="avatar-picture" src={`data:image/webp;base64,${change}`} alt="" />
        </span>
      ) : (
        <Avatar username={username} size="large" plain={change === null} />
      )}
      <div class="picture-actions">
        <input
          ref={input}
          class="visually-hidden"
          type="file"
          accept="image/*"
          tabIndex={-1}
          aria-label={t('people.picture_choose')}
          onChange={(event) => {
            void choose(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
        <button type="button" class="button button-small" onClick={() => input.current?.click()}>
          {t('people.picture_choose')}
        </button>
        {shown && (
          <button type="button" class="button button-small button-plain" onClick={() => onChange(null)}>
            {t('people.picture_remove')}
          </button>
        )}
        <p class="field-hint">{t('people.picture_hint')}</p>
        <p class="field-error" role="alert">
          {problem}
        </p>
      </div>
    </div>
  );
}
