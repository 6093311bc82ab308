import type { PersonView } from '../../../../protocol/local-api.js';
import { choosePerson } from '../../app/people.js';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { formatRoute } from '../../state/route.js';

interface PersonActionsProps {
  readonly person: PersonView;
  onClose(): void;
  /** For what needs a dialog of its own. */
  onAsk(what: 'profile' | 'block'): void;
}

export function PersonActions({ person, onClose, onAsk }: PersonActionsProps) {
  const app = useApp();
  const { t, navigate } = app;
  const { username, friend = false, muted = false, blocked = false } = person;
  if (person.link === 'self') {
    return (
      <div class="person-actions">
        <button class="button" onClick={() => onAsk('profile')}>
          <Icon name="pen" small /> {t('people.edit')}
        </button>
      </div>
    );
  }
  const write = (): void => {
    onClose();
    navigate(formatRoute({ view: 'person', username }));
  };
  return (
    <div class="person-actions">
      <button class="button button-primary" onClick={write}>
        <Icon name="message" small /> {t('people.message')}
      </button>
      {!blocked && (
        <>
          <button class="button" onClick={() => void choosePerson(app, username, { friend: !friend })}>
            <Icon name="star" small /> {t(friend ? 'people.remove_friend' : 'people.add_friend')}
          </button>
          <button class="button" onClick={() => void choosePerson(app, username, { muted: !muted })}>
            <Icon name="bell" small /> {t(muted ? 'people.unmute' : 'people.mute')}
          </button>
        </>
      )}
      <button
        class="button"
        onClick={() => (blocked ? void choosePerson(app, username, { blocked: false }) : onAsk('block'))}
      >
        {t(blocked ? 'people.unblock' : 'people.block')}
      </button>
    </div>
  );
}
