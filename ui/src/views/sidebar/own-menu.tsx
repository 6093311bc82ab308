import { useId, useState } from 'preact/hooks';
import type { PersonView, PreferencesView } from '../../../../protocol/local-api.js';
import { setProfile, setPreferences } from '../../app/people.js';
import { showPerson } from '../../app/trust.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { Icon } from '../../components/icon.js';
import { StatusLine } from '../../components/presence.js';
import { useNow } from '../../components/hooks.js';
import { isEndless, isQuiet, QUIETS, quietUntil } from '../../state/quiet.js';

interface OwnMenuProps {
  readonly person: PersonView;
  onClose(): void;
  onEdit(what: 'status' | 'profile'): void;
}

/** What one changes of oneself often, and the way to the rest. */
export function OwnMenu({ person, onClose, onEdit }: OwnMenuProps) {
  const app = useApp();
  const { t } = app;
  const { username, name, status } = person;
  return (
    <div class="own-menu">
      <button
        class="own-menu-head"
        onClick={() => {
          onClose();
          showPerson(app, username);
        }}
      >
        <Avatar username={username} />
        <span class="own-text">
          <bdi class="own-name">{name ?? username}</bdi>
          <bdi class="own-about">@{username}</bdi>
        </span>
      </button>
      <div class="own-status">
        <button class="own-status-set" onClick={() => onEdit('status')}>
          {status ? (
            <StatusLine status={status} whole />
          ) : (
            <>
              <Icon name="smile" small /> {t('people.status_set')}
            </>
          )}
        </button>
        {status && (
          <button
            class="icon-button"
            aria-label={t('people.status_clear')}
            title={t('people.status_clear')}
            onClick={() => void setProfile(app, { status: {} })}
          >
            <Icon name="close" small />
          </button>
        )}
      </div>
      <PresenceChoice />
      <QuietChoice />
      <div class="own-menu-foot">
        <button class="menu-row" onClick={() => onEdit('profile')}>
          <Icon name="pen" small /> {t('people.edit')}
        </button>
        <a class="menu-row" href="#/settings" onClick={onClose}>
          <Icon name="settings" small /> {t('people.settings')}
        </a>
      </div>
    </div>
  );
}

const CHOICES: readonly PreferencesView['presence'][] = ['auto', 'away', 'busy'];

export function PresenceChoice() {
  const app = useApp();
  const { t } = app;
  const chosen = useDaemon((daemon) => daemon.preferences.presence);
  // What was pressed stands at once; the daemon's answer is what stays.
  const [asked, setAsked] = useState<PreferencesView['presence']>();
  const group = useId();
  const choose = async (presence: PreferencesView['presence']): Promise<void> => {
    setAsked(presence);
    await setPreferences(app, { presence });
    setAsked(undefined);
  };
  return (
    <fieldset class="own-group">
      <legend>{t('people.presence')}</legend>
      {CHOICES.map((choice) => (
        <label key={choice} class="menu-row">
          <input
            type="radio"
            name={group}
            checked={choice === (asked ?? chosen)}
            onChange={() => void choose(choice)}
          />
          <span>
            {t(`people.presence_${choice}`)}
            {choice === 'auto' && <span class="own-hint">{t('people.presence_auto_hint')}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** For how long nothing is notified, or that nothing is, and the way back. */
export function QuietChoice() {
  const app = useApp();
  const { t, formats } = app;
  const preferences = useDaemon((daemon) => daemon.preferences);
  const now = useNow(30_000);
  const until = preferences.quietUntil;
  const title = t('people.quiet');
  if (until !== undefined && isQuiet(preferences, now)) {
    return (
      <div class="own-group" role="group" aria-label={title}>
        <p class="own-quiet">
          <Icon name="bellOff" small />
          {isEndless(until) ? t('people.quiet_open') : t('people.quiet_until', { time: formats.until(until, now) })}
        </p>
        <button class="button button-small" onClick={() => void setPreferences(app, { quietUntil: null })}>
          {t('people.quiet_end')}
        </button>
      </div>
    );
  }
  return (
    <div class="own-group" role="group" aria-label={title}>
      <p class="own-group-title">{title}</p>
      <div class="own-quiets">
        {QUIETS.map((quiet) => (
          <button
            key={quiet}
            class="quiet-chip"
            onClick={() => void setPreferences(app, { quietUntil: quietUntil(quiet, now) })}
          >
            {t(`people.quiet_${quiet}`)}
          </button>
        ))}
      </div>
    </div>
  );
}
