import { alertFailure } from '../../app/failures.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { BlockedPeople } from './blocked-people.js';
import { Toggle } from './toggle.js';

type Told = 'sendReads' | 'sendTyping' | 'relayOnly';

/** What others learn of this user, and from whom the user wants to hear nothing. */
export function Privacy() {
  const app = useApp();
  const { t, commands } = app;
  const preferences = useDaemon((daemon) => daemon.preferences);
  const set = async (what: Told, on: boolean): Promise<void> => {
    await commands.run('preferences.set', { [what]: on }).catch((error: unknown) => alertFailure(app, error));
  };
  return (
    <>
      <section class="group" aria-labelledby="privacy">
        <h2 id="privacy">{t('settings.privacy')}</h2>
        <Toggle
          label={t('settings.send_reads')}
          hint={t('settings.send_reads_hint')}
          on={preferences.sendReads}
          onSet={(on) => set('sendReads', on)}
        />
        <Toggle
          label={t('settings.send_typing')}
          hint={t('settings.send_typing_hint')}
          on={preferences.sendTyping}
          onSet={(on) => set('sendTyping', on)}
        />
        {preferences.relayOnly !== undefined && (
          <Toggle
            label={t('settings.relay_only')}
            hint={t('settings.relay_only_hint')}
            on={preferences.relayOnly}
            onSet={(on) => set('relayOnly', on)}
          />
        )}
        <p class="field-hint">{t('settings.privacy_hint')}</p>
      </section>
      <BlockedPeople />
    </>
  );
}
