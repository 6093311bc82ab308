import type { PersonView } from '../../../../protocol/local-api.js';
import { setProfile } from '../../app/people.js';
import { showPerson } from '../../app/trust.js';
import { useApp } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { Icon } from '../../components/icon.js';
import { StatusLine } from '../../components/presence.js';
import { PresenceChoice } from './presence-choice.js';
import { QuietChoice } from './quiet-choice.js';

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
            <StatusLine status={status} />
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
