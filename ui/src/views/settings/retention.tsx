import { useId, useState } from 'preact/hooks';
import type { Retention, RetentionRule } from '../../../../protocol/local-api.js';
import { RETENTION_DAYS } from '../../limits.js';
import { setConversation } from '../../app/conversations.js';
import { setPreferences } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';

/** How long all conversations are kept on this computer that have no rule of their own. */
export function RetentionSettings() {
  const app = useApp();
  const { t } = app;
  const days = useDaemon((daemon) => daemon.preferences.retention);
  return (
    <section class="group" aria-labelledby="retention">
      <h2 id="retention">{t('retention.title')}</h2>
      <RetentionField
        label={t('retention.label')}
        chosen={days}
        before={days}
        meant={(rule) => (rule === 'default' ? days : rule)}
        choices={[...RETENTION_DAYS]}
        onChoose={(rule) => rule !== 'default' && void setPreferences(app, { retention: rule })}
      />
    </section>
  );
}

/** How long one conversation is kept on this computer. */
export function ConversationRetention({ conversation }: { readonly conversation: string }) {
  const app = useApp();
  const { t } = app;
  const rule = useDaemon((daemon): RetentionRule => daemon.conversations[conversation]?.retention ?? 'default');
  const preferred = useDaemon((daemon) => daemon.preferences.retention);
  const meant = (one: RetentionRule): Retention => (one === 'default' ? preferred : one);
  return (
    <section>
      <h2 class="panel-title">{t('retention.title')}</h2>
      <RetentionField
        label={t('retention.label_here')}
        chosen={rule}
        before={meant(rule)}
        meant={meant}
        choices={['default', ...RETENTION_DAYS]}
        onChoose={(retention) => void setConversation(app, conversation, { retention })}
      />
    </section>
  );
}

interface RetentionFieldProps {
  readonly label: string;
  readonly chosen: RetentionRule;
  /** The days that hold now. */
  readonly before: Retention;
  readonly choices: readonly RetentionRule[];
  meant(rule: RetentionRule): Retention;
  onChoose(rule: RetentionRule): void;
}

/** Asks before it forgets more than now. */
function RetentionField({ label, chosen, before, choices, meant, onChoose }: RetentionFieldProps) {
  const { t } = useApp();
  const id = useId();
  const [asking, setAsking] = useState<RetentionRule>();
  const words = (days: Retention): string =>
    days === 0 ? t('retention.always') : t('retention.days', { count: days });
  const choose = (rule: RetentionRule): void => {
    const days = meant(rule);
    if (days !== 0 && (before === 0 || days < before)) setAsking(rule);
    else onChoose(rule);
  };
  const ofText = (text: string): RetentionRule => choices.find((rule) => String(rule) === text) ?? chosen;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        // What was asked about and not confirmed is not what is chosen.
        key={String(asking === undefined)}
        id={id}
        class="input select"
        value={String(asking ?? chosen)}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget }) => choose(ofText(currentTarget.value))}
      >
        {choices.map((rule) => (
          <option key={rule} value={String(rule)}>
            {rule === 'default' ? t('retention.default', { choice: words(meant(rule)) }) : words(rule)}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} class="field-hint">
        {t('retention.hint')}
      </p>
      {asking !== undefined && (
        <ForgetDialog
          days={meant(asking)}
          onClose={() => setAsking(undefined)}
          onConfirm={() => {
            onChoose(asking);
            setAsking(undefined);
          }}
        />
      )}
    </div>
  );
}

interface ForgetDialogProps {
  readonly days: number;
  onClose(): void;
  onConfirm(): void;
}

function ForgetDialog({ days, onClose, onConfirm }: ForgetDialogProps) {
  const { t } = useApp();
  return (
    <Dialog title={t('retention.ask', { count: days })} onClose={onClose}>
      <p>{t('retention.ask_what')}</p>
      <p class="dialog-hint">{t('retention.ask_others')}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose} autoFocus>
          {t('retention.cancel')}
        </button>
        <button type="button" class="button button-danger" onClick={onConfirm}>
          {t('retention.confirm')}
        </button>
      </div>
    </Dialog>
  );
}
