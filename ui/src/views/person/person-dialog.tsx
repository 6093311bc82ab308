import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { Dialog } from '../../components/dialog.js';
import { presenceText } from '../../components/presence.js';
import { useNow } from '../../components/use-now.js';
import { VerifiedBadge } from '../../components/verified-badge.js';
import { personOf } from '../../state/sidebar.js';
import { SafetySection } from './safety-section.js';

/** The panel of the person whom somebody wants to know more of, over any view. */
export function PersonDialog() {
  const username = useSelector((state) => state.personShown);
  return username === undefined ? null : <Panel key={username.toLowerCase()} username={username} />;
}

function Panel({ username }: { username: string }) {
  const app = useApp();
  const { store } = app;
  const daemon = useDaemon((known) => known);
  const now = useNow(60_000);
  const person = personOf(daemon, username);
  return (
    <Dialog
      panel
      title={person.username}
      badge={person.verified === true && <VerifiedBadge />}
      onClose={() => store.dispatch({ type: 'person/hide' })}
    >
      <div class="person-about">
        <Avatar name={person.username} />
        <div>
          <p>{presenceText(app, person, now)}</p>
          {person.reason && <p>{person.reason}</p>}
        </div>
      </div>
      <SafetySection person={person} />
    </Dialog>
  );
}
