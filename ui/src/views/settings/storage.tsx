import type { FileUsage } from '../../../../protocol/local-api.js';
import { useCallback, useState } from 'preact/hooks';
import { cleanFiles, fileUsage } from '../../app/file-actions.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Dialog } from '../../components/dialog.js';
import { useAnswer, useBusy } from '../../components/hooks.js';
import { directName } from '../../state/route.js';
import { conversationTitle, personOf } from '../../state/sidebar.js';

/** What lies here of files, by conversation, and the way to clean it. */
export function Storage() {
  const app = useApp();
  const { t, formats } = app;
  const { value, problem, busy, again } = useAnswer(useCallback(() => fileUsage(app), [app]));
  const [asking, setAsking] = useState<{ conversation: string | undefined }>();
  const [said, say] = useState('');
  const parts: PartUsage[] = [
    ...(value?.conversations ?? []),
    ...(value?.elsewhere ? [{ ...value.elsewhere, conversation: undefined }] : []),
  ];
  return (
    <section class="group" aria-labelledby="file-usage" aria-busy={busy}>
      <h2 id="file-usage">{t('file.usage')}</h2>
      {!value && busy && <p role="status">{t('file.asking')}</p>}
      {problem !== undefined && (
        <div role="alert">
          <p class="field-error">{problem}</p>
          <button type="button" class="button button-small" onClick={again}>
            {t('file.list_retry')}
          </button>
        </div>
      )}
      {value && <Used usage={value} />}
      <p class="field-hint" role="status">
        {said}
      </p>
      {parts.length > 0 && (
        <ul class="devices">
          {parts.map((part) => (
            <Part key={part.conversation ?? ''} part={part} onClean={() => setAsking(part)} />
          ))}
        </ul>
      )}
      {value && parts.length === 0 && <p class="field-hint">{t('file.usage_none')}</p>}
      {asking !== undefined && (
        <CleanDialog
          conversation={asking.conversation}
          onClose={() => setAsking(undefined)}
          onCleaned={(freed) => {
            say(t('file.cleaned', { size: formats.size(freed) }));
            again();
          }}
        />
      )}
    </section>
  );
}

function Used({ usage: { used, quota, free } }: { usage: FileUsage }) {
  const { t, formats } = useApp();
  const text = t('file.used', { used: formats.size(used), quota: formats.size(quota) });
  return (
    <div class="file-usage">
      <progress class="file-bar" max={1} value={quota > 0 ? Math.min(1, used / quota) : 1} aria-label={text} />
      <p>{text}</p>
      {free !== undefined && <p class="field-hint">{t('file.free', { free: formats.size(free) })}</p>}
    </div>
  );
}

/** What a conversation is called here; undefined for those that are not shown any more. */
function usePlace(conversation: string | undefined): string {
  const { t } = useApp();
  return useDaemon((daemon) => {
    if (conversation === undefined) return t('file.elsewhere');
    if (conversation.startsWith('#')) return conversationTitle(daemon, conversation);
    const { username, name = username } = personOf(daemon, directName(conversation, daemon.me.username));
    return name;
  });
}

interface PartUsage {
  readonly conversation: string | undefined;
  readonly bytes: number;
  readonly files: number;
}

interface PartProps {
  readonly part: PartUsage;
  onClean(): void;
}

function Part({ part: { conversation, bytes, files }, onClean }: PartProps) {
  const { t, formats } = useApp();
  const place = usePlace(conversation);
  return (
    <li class="device">
      <div class="entry-text">
        <span class="device-name">
          <bdi>{place}</bdi>
        </span>
        <span class="entry-about">
          {formats.size(bytes)} · {t('file.usage_files', { count: files })}
        </span>
      </div>
      <button type="button" class="button button-small" aria-label={t('file.clean_named', { place })} onClick={onClean}>
        {t('file.clean')}
      </button>
    </li>
  );
}

interface CleanDialogProps {
  readonly conversation: string | undefined;
  onCleaned(freed: number): void;
  onClose(): void;
}

function CleanDialog({ conversation, onCleaned, onClose }: CleanDialogProps) {
  const app = useApp();
  const { t } = app;
  const place = usePlace(conversation);
  const { busy, run } = useBusy();
  const [problem, setProblem] = useState<string>();
  const clean = (): Promise<void> =>
    run(async () => {
      const outcome = await cleanFiles(app, conversation);
      if ('problem' in outcome) return setProblem(outcome.problem);
      onCleaned(outcome.value);
      onClose();
    });
  return (
    <Dialog title={t('file.clean_ask', { place })} onClose={onClose}>
      <p>{t('file.clean_explain')}</p>
      <p class="dialog-hint">{t('file.clean_kept')}</p>
      <p class="field-error" role="alert">
        {problem}
      </p>
      <form method="dialog" class="dialog-actions">
        <button class="button">{t('file.clean_not')}</button>
        <button type="button" class="button button-danger" disabled={busy} onClick={() => void clean()}>
          {t('file.clean_do')}
        </button>
      </form>
    </Dialog>
  );
}
