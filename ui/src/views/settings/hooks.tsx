import { useCallback, useId, useRef, useState } from 'preact/hooks';
import type { HookCreated, HookView } from '../../../../protocol/local-api.js';
import { allHooks, revokeHook } from '../../app/hooks.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { CopyButton } from '../../components/copying.js';
import { useAnswer, useBusy } from '../../components/hooks.js';
import { NewHook } from './new-hook.js';
import { placeName } from '../../state/sidebar.js';

/** Webhooks: those there are, and the form for another one. */
export function Hooks() {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const { value, problem, busy, again } = useAnswer(useCallback(() => allHooks(app), [app]));
  const [failure, setFailure] = useState<string>();
  const [said, setSaid] = useState('');
  const [made, setMade] = useState<HookCreated>();
  const heading = useRef<HTMLHeadingElement>(null);
  const { busy: revoking, run } = useBusy();
  const revoke = ({ id: hook, name }: HookView): Promise<void> =>
    run(async () => {
      const refused = await revokeHook(app, hook);
      setFailure(refused);
      if (refused !== undefined) return;
      setSaid(t('hooks.revoked', { name }));
      // The button that had the focus goes with the row.
      heading.current?.focus();
      again();
    });
  return (
    <>
      <section class="group" aria-labelledby={id} aria-busy={busy || revoking}>
        <h2 id={id} ref={heading} tabIndex={-1}>
          {t('hooks.title')}
        </h2>
        <p class="field-hint">{t('hooks.hint')}</p>
        {!value && busy && <p role="status">{t('hooks.asking')}</p>}
        {(problem ?? failure) !== undefined && (
          <div role="alert">
            <p class="field-error">{problem ?? failure}</p>
            <button
              class="button button-small"
              onClick={() => {
                setFailure(undefined);
                again();
              }}
            >
              {t('hooks.retry')}
            </button>
          </div>
        )}
        {value?.length === 0 && <p>{t('hooks.none')}</p>}
        <p class="visually-hidden" role="status">
          {said}
        </p>
        <ul class="devices">
          {(value ?? []).map((hook) => (
            <HookRow key={hook.id} hook={hook} onRevoke={() => void revoke(hook)} />
          ))}
        </ul>
      </section>
      {made ? (
        <Secret made={made} onDone={() => setMade(undefined)} />
      ) : (
        <NewHook
          onMade={(created) => {
            setMade(created);
            again();
          }}
        />
      )}
    </>
  );
}

function HookRow({ hook, onRevoke }: { hook: HookView; onRevoke(): void }) {
  const { t } = useApp();
  const { name, direction, conversation, url = '', mentions, problem } = hook;
  const place = useDaemon((daemon) => (conversation === undefined ? undefined : placeName(daemon, conversation)));
  const where = place ?? t('hooks.everywhere');
  return (
    <li class="device">
      <div class="entry-text">
        <span class="device-name">
          <bdi>{name}</bdi>
          {mentions && <span class="tag">{t('hooks.mentions')}</span>}
        </span>
        <span class="entry-about">
          {direction === 'in' ? t('hooks.posts', { where }) : t('hooks.tells', { where, url })}
        </span>
        {problem !== undefined && <span class="field-error">{problem}</span>}
      </div>
      <button class="button button-small" aria-label={t('hooks.revoke_named', { name })} onClick={onRevoke}>
        {t('hooks.revoke')}
      </button>
    </li>
  );
}

/** What is told once: it is nowhere else in the clear. */
function Secret({ made, onDone }: { made: HookCreated; onDone(): void }) {
  const { t } = useApp();
  const id = useId();
  const text = made.path === undefined ? made.secret : `${location.origin}${made.path}`;
  return (
    <section class="group" aria-labelledby={id} role="alert">
      <h2 id={id}>{made.hook.name}</h2>
      <p>{t(made.path === undefined ? 'hooks.secret_out' : 'hooks.secret_in')}</p>
      <p class="device-name">
        <code dir="ltr">{text}</code>
        <CopyButton text={text} label={t('hooks.copy')} />
      </p>
      <button class="button" onClick={onDone} autoFocus>
        {t('hooks.done')}
      </button>
    </section>
  );
}
