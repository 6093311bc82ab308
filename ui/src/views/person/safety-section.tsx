import { useCallback, useId, useMemo, useState } from 'preact/hooks';
import type { PersonView } from '../../../../protocol/local-api.js';
import { safetyNumber, setVerified } from '../../app/trust.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { useAnswer, useBusy } from '../../components/hooks.js';
import { Icon } from '../../components/icon.js';
import { changesOf } from '../../state/trust.js';
import { SafetyDigits } from './safety-digits.js';

/** The safety number with a person, what to do with it, and whether that was done. */
export function SafetySection({ person }: { person: PersonView }) {
  const app = useApp();
  const { t } = app;
  const { username } = person;
  const verified = person.verified === true;
  const id = useId();
  const changes = useChanges(username);
  const { value, problem, busy, again } = useAnswer(
    // Another number may stand there after each of these.
    useCallback(() => safetyNumber(app, username), [app, username, verified, changes]),
  );
  const [refusal, setRefusal] = useState<string>();
  const { busy: working, run } = useBusy();
  const verify = (number: string): Promise<void> =>
    run(async () => {
      const refused = await setVerified(app, username, !verified, number);
      setRefusal(refused);
      if (refused !== undefined) again();
    });
  return (
    <section class="safety" aria-labelledby={id} aria-busy={busy}>
      <h3 id={id}>{t('trust.number')}</h3>
      {changes !== '' && !verified && (
        <p class="safety-changed">
          <Icon name="alert" small />
          {t('trust.changed', { username })}
        </p>
      )}
      {!value && busy && <p role="status">{t('trust.asking')}</p>}
      {!value && !busy && (
        <div role="alert">
          <p class="field-error">{problem}</p>
          <button class="button button-small" onClick={again}>
            {t('trust.retry')}
          </button>
        </div>
      )}
      {value && (
        <>
          <SafetyDigits safety={value} username={username} />
          <p>{t(verified ? 'trust.explain_verified' : 'trust.explain', { username })}</p>
          {!verified && <p>{t('trust.explain_equal', { username })}</p>}
          <p class="field-error" role="alert">
            {refusal}
          </p>
          <div class="dialog-actions">
            <button
              class={verified ? 'button' : 'button button-primary'}
              disabled={working || busy}
              onClick={() => void verify(value.number)}
            >
              {t(verified ? 'trust.clear' : 'trust.mark')}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

/** The ids of the notices of changed devices, as one value. */
function useChanges(username: string): string {
  const notices = useDaemon((daemon) => daemon.notices);
  const self = useDaemon((daemon) => daemon.me.username);
  return useMemo(
    () =>
      changesOf(notices, username, self)
        .map(({ id }) => id)
        .join(' '),
    [notices, username, self],
  );
}
