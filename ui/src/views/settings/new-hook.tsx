import { useId, useState } from 'preact/hooks';
import { useBusy } from '../../components/hooks.js';
import type { HookCreated } from '../../../../protocol/local-api.js';
import { createHook } from '../../app/hooks.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { TextInput } from '../../components/text-input.js';
import { closedState, placeName } from '../../state/sidebar.js';
import { Choices } from './appearance.js';
import { isolate } from '../../text/bidi.js';

const NAME_MAX = 64;
const URL_MAX = 2048;

export function NewHook({ onMade }: { onMade(created: HookCreated): void }) {
  const app = useApp();
  const { t } = app;
  const id = useId();
  const daemon = useDaemon((known) => known);
  const { conversations } = daemon;
  const [direction, setDirection] = useState<'in' | 'out'>('in');
  const [name, setName] = useState('');
  const own = '#general' in conversations ? '#general' : (Object.keys(conversations)[0] ?? '');
  const [where, setWhere] = useState(own);
  const [url, setUrl] = useState('');
  const [mentions, setMentions] = useState(false);
  const [local, setLocal] = useState(false);
  const { busy, run } = useBusy();
  const [problem, setProblem] = useState<string>();
  const isOut = direction === 'out';
  const submit = (event: Event): Promise<void> => {
    event.preventDefault();
    return run(async () => {
      const conversation = where === '' ? {} : { conversation: where };
      const asked = { direction, name, ...conversation, ...(isOut ? { url, mentions, local } : {}) };
      const outcome = await createHook(app, asked);
      if ('problem' in outcome) setProblem(outcome.problem);
      else onMade(outcome.value);
    });
  };
  return (
    <section class="group" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t('hooks.new')}</h2>
      <form class="form" onSubmit={(event) => void submit(event)} noValidate>
        <Choices<'in' | 'out'>
          legend={t('hooks.direction')}
          values={[
            ['in', t('hooks.in')],
            ['out', t('hooks.out')],
          ]}
          chosen={direction}
          onChoose={(chosen) => {
            setDirection(chosen);
            if (chosen === 'in' && where === '') setWhere(own);
          }}
        />
        <div class="field">
          <label for={`${id}-name`}>{t('hooks.name')}</label>
          <TextInput
            id={`${id}-name`}
            class="input"
            dir="auto"
            autoComplete="off"
            maxLength={NAME_MAX}
            value={name}
            aria-describedby={`${id}-error`}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for={`${id}-where`}>{t('hooks.conversation')}</label>
          <select
            id={`${id}-where`}
            class="input"
            value={where}
            onChange={(event) => setWhere(event.currentTarget.value)}
          >
            {isOut && <option value="">{t('hooks.everywhere')}</option>}
            {Object.keys(conversations)
              // Nothing is written any more in some of them.
              .filter((each) => closedState(daemon, each) === undefined)
              .map((each) => (
                <option key={each} value={each}>
                  {isolate(placeName(daemon, each), 'rtl')}
                </option>
              ))}
          </select>
        </div>
        {isOut && (
          <>
            <div class="field">
              <label for={`${id}-url`}>{t('hooks.url')}</label>
              <TextInput
                id={`${id}-url`}
                class="input"
                dir="ltr"
                type="url"
                autoComplete="off"
                maxLength={URL_MAX}
                value={url}
                aria-describedby={`${id}-url-hint ${id}-error`}
                onInput={(event) => setUrl(event.currentTarget.value)}
              />
              <p id={`${id}-url-hint`} class="field-hint">
                {t('hooks.url_hint')}
              </p>
            </div>
            <Check label={t('hooks.only')} on={mentions} onSet={setMentions} />
            <Check label={t('hooks.local')} on={local} onSet={setLocal} />
          </>
        )}
        <p id={`${id}-error`} class="field-error" role="alert">
          {problem}
        </p>
        <button class="button" disabled={busy}>
          {t('hooks.make')}
        </button>
      </form>
    </section>
  );
}

function Check({ label, on, onSet }: { label: string; on: boolean; onSet(on: boolean): void }) {
  return (
    <label class="choice">
      <input type="checkbox" checked={on} onChange={(event) => onSet(event.currentTarget.checked)} />
      {label}
    </label>
  );
}
