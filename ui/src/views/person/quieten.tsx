import { useState } from 'preact/hooks';
import { dismissNotice } from '../../app/conversations.js';
import { choosePerson, usePerson } from '../../app/people.js';
import { useApp } from '../../app/use-app.js';
import { BlockDialog } from './block-dialog.js';

interface QuietenProps {
  /** The notice that asks for it: it has served once something was chosen. */
  readonly notice: string;
  readonly username: string;
}

/** What one can do about somebody who writes too much. */
export function Quieten({ notice, username }: QuietenProps) {
  const app = useApp();
  const { t } = app;
  const person = usePerson(username);
  const [asking, setAsking] = useState(false);
  if (!person || person.blocked === true) return null;
  const mute = async (): Promise<void> => {
    if (await choosePerson(app, username, { muted: true })) await dismissNotice(app, notice);
  };
  return (
    <>
      {person.muted !== true && (
        <button class="button button-small" onClick={() => void mute()}>
          {t('people.mute')}
        </button>
      )}
      <button class="button button-small" onClick={() => setAsking(true)}>
        {t('people.block')}
      </button>
      {asking && (
        <BlockDialog
          person={person}
          onBlocked={() => void dismissNotice(app, notice)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
