import type { FilePreferences } from '../../../../protocol/local-api.js';
import { useId } from 'preact/hooks';
import { type FileChoices as Chosen, setFilePreferences } from '../../app/file-actions.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Choices } from './appearance.js';

const MB = 1_000_000;
const GB = 1000 * MB;

const autoSizes = [1 * MB, 5 * MB, 25 * MB, 100 * MB, 1000 * MB];
const speeds = [0, 0.25 * MB, 1 * MB, 5 * MB, 20 * MB];
const counts = [1, 2, 4, 8, 16];
const quotas = [1 * GB, 5 * GB, 20 * GB, 100 * GB, 1000 * GB];

/** Which files come by themselves, how fast, and how much of the disk they may take. */
export function FileChoices() {
  const app = useApp();
  const { t, formats } = app;
  const files = useDaemon((daemon) => daemon.preferences.files);
  const set = (chosen: Chosen): void => void setFilePreferences(app, chosen);
  const speed = (value: number): string =>
    value === 0 ? t('file.limit_none') : t('file.speed', { speed: formats.size(value) });
  return (
    <>
      <section class="group" aria-labelledby="file-auto">
        <h2 id="file-auto">{t('file.auto')}</h2>
        <Choices<FilePreferences['auto']>
          legend={t('file.auto_who')}
          values={(['all', 'friends', 'none'] as const).map((each) => [each, t(`file.auto_${each}`)])}
          chosen={files.auto}
          onChoose={(auto) => set({ auto })}
        />
        {files.auto !== 'none' && (
          <>
            <Choices<FilePreferences['autoKinds']>
              legend={t('file.auto_kinds')}
              values={[
                ['pictures', t('file.auto_pictures')],
                ['all', t('file.auto_any')],
              ]}
              chosen={files.autoKinds}
              onChoose={(autoKinds) => set({ autoKinds })}
            />
            <Amount
              label={t('file.auto_max')}
              hint={t('file.auto_hint')}
              values={autoSizes}
              chosen={files.autoMax}
              words={(value) => formats.size(value)}
              onChoose={(autoMax) => set({ autoMax })}
            />
          </>
        )}
      </section>
      <section class="group" aria-labelledby="file-limits">
        <h2 id="file-limits">{t('file.limits')}</h2>
        <Amount
          label={t('file.limit_down')}
          values={speeds}
          chosen={files.down}
          words={speed}
          onChoose={(down) => set({ down })}
        />
        <Amount
          label={t('file.limit_up')}
          values={speeds}
          chosen={files.up}
          words={speed}
          onChoose={(up) => set({ up })}
        />
        <Amount
          label={t('file.at_once')}
          values={counts}
          chosen={files.atOnce}
          words={(value) => formats.number(value)}
          onChoose={(atOnce) => set({ atOnce })}
        />
        <Amount
          label={t('file.quota')}
          hint={t('file.quota_hint')}
          values={quotas}
          chosen={files.quota}
          words={(value) => formats.size(value)}
          onChoose={(quota) => set({ quota })}
        />
      </section>
    </>
  );
}

interface AmountProps {
  readonly label: string;
  readonly hint?: string;
  readonly values: readonly number[];
  readonly chosen: number;
  words(value: number): string;
  onChoose(value: number): void;
}

/** One of a few amounts; one that was set by other means stands among them. */
function Amount({ label, hint, values, chosen, words, onChoose }: AmountProps) {
  const id = useId();
  const all = [...new Set([...values, chosen])].sort((a, b) => a - b);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input select"
        value={String(chosen)}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}
      >
        {all.map((value) => (
          <option key={value} value={String(value)}>
            {words(value)}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
