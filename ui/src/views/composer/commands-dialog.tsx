import { slashOf, windowSlashNames, type WindowSlashName } from '../../../../protocol/slash-commands.js';
import { useApp } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';

/** `/topic text`: as it is typed, so left to right in every language. */
export function CommandUsage({ name }: { readonly name: WindowSlashName }) {
  const { t } = useApp();
  const { takes, needed } = slashOf(name);
  return (
    <bdi class="command-usage" dir="ltr">
      <strong>{`/${name}`}</strong>
      {takes !== undefined && takes !== 'emoji' && (
        <bdi class="command-takes">{needed ? t(`commands.takes_${takes}`) : `[${t(`commands.takes_${takes}`)}]`}</bdi>
      )}
    </bdi>
  );
}

/** What `/help` shows. */
export function CommandsDialog({ onClose }: { onClose(): void }) {
  const { t } = useApp();
  return (
    <Dialog panel title={t('commands.title')} onClose={onClose}>
      <p>{t('commands.intro')}</p>
      <dl class="commands-list">
        {windowSlashNames.map((name) => (
          <div key={name} class="command-row">
            <dt>
              <CommandUsage name={name} />
            </dt>
            <dd>{t(`commands.what_${name}`)}</dd>
          </div>
        ))}
      </dl>
      <p class="field-hint">{t('commands.slash')}</p>
    </Dialog>
  );
}
