import { useRef } from 'preact/hooks';
import { alertFailure } from '../../app/failures.js';
import { useApp, useDaemon } from '../../app/use-app.js';

export function BlockedPeople() {
  const app = useApp();
  const { t, commands } = app;
  const blocked = useDaemon((daemon) => daemon.blocked);
  const heading = useRef<HTMLHeadingElement>(null);
  const unblock = async (username: string): Promise<void> => {
    try {
      await commands.run('people.settings', { username, blocked: false });
      // The button that had the focus goes with the row.
      heading.current?.focus();
    } catch (error) {
      alertFailure(app, error);
    }
  };
  return (
    <section class="group" aria-labelledby="blocked">
      <h2 id="blocked" ref={heading} tabIndex={-1}>
        {t('settings.blocked')}
      </h2>
      <p class="field-hint">{t(blocked.length === 0 ? 'settings.blocked_none' : 'settings.blocked_hint')}</p>
      {blocked.length > 0 && (
        <ul class="devices">
          {blocked.map((username) => (
            <li key={username} class="device">
              <span class="entry-text">
                <bdi>{username}</bdi>
              </span>
              <button
                class="button button-small"
                aria-label={t('settings.unblock_named', { username })}
                onClick={() => void unblock(username)}
              >
                {t('settings.unblock')}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
