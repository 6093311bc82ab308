import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { shownFileName } from '../../../../protocol/files.js';
import { allowFile, regainFile, removeFile, retryFile } from '../../app/files.js';
import { useApp, useSelector } from '../../app/use-app.js';
import { useLasting } from '../../components/hooks.js';
import { Icon } from '../../components/icon.js';
import { type OutgoingFile, sendingTo } from '../../files/outgoing.js';
import { timeLeft } from '../../files/pace.js';

/** What is there sooner has no need of a line that comes and goes. */
const SHOWN_AFTER_MS = 400;

/** Files on their way to this conversation whose bytes are not all at the daemon. */
export function SendingList({ conversation }: { readonly conversation: string }) {
  const { t } = useApp();
  const all = useSelector((state) => state.outgoing);
  const files = useMemo(() => sendingTo(all, conversation), [all, conversation]);
  const told = useTold(files);
  const shown =
    useLasting(files.length > 0, SHOWN_AFTER_MS) ||
    files.some(({ phase }) => phase === 'failed' || phase === 'waiting' || phase === 'lost');
  return (
    <>
      {shown && files.length > 0 && (
        <div class="sending">
          <ul class="sending-list" aria-label={t('sending.list')}>
            {files.map((file) => (
              <SendingRow key={file.id} file={file} />
            ))}
          </ul>
          {files.some(({ kept, phase }) => !kept && phase !== 'lost') && (
            <p class="tray-why">{t('sending.keep_open')}</p>
          )}
        </div>
      )}
      <p class="visually-hidden" role="status">
        {told}
      </p>
    </>
  );
}

/** That it has begun; how far it is, whoever wants to know asks the bar. */
function useTold({ length }: readonly OutgoingFile[]): string {
  const { t } = useApp();
  const [told, setTold] = useState('');
  const before = useRef(length);
  useEffect(() => {
    if (length > before.current) setTold(t('sending.started', { count: length }));
    if (length === 0) setTold('');
    before.current = length;
  }, [length, t]);
  return told;
}

function SendingRow({ file }: { readonly file: OutgoingFile }) {
  const app = useApp();
  const { t } = app;
  const { id, phase, problem, size, done } = file;
  const name = file.looks.voice ? t('sending.voice_file') : shownFileName(file.name);
  const failed = phase === 'failed';
  const cancel = t('sending.cancel', { name });
  return (
    <li class="sending-row">
      <div class="sending-text">
        <p class="sending-name" dir="auto">
          {name}
        </p>
        <State file={file} />
      </div>
      {failed && (
        <button type="button" class="button button-small" onClick={() => retryFile(app, id)}>
          {t('sending.retry')}
        </button>
      )}
      {phase === 'lost' && <Regain file={file} name={name} />}
      <button type="button" class="icon-button" aria-label={cancel} title={cancel} onClick={() => removeFile(app, id)}>
        <Icon name="close" small />
      </button>
      <progress
        class="sending-bar"
        aria-label={t('sending.name', { name })}
        max={1}
        // Nothing to go is all the way.
        value={size === 0 ? 1 : done / size}
      />
      {problem !== undefined && (
        <p class={failed ? 'sending-problem tray-refused' : 'sending-problem tray-why'} role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}

/** The way on with a file that the browser has let go of: pressing once where it can still read it, else choosing it again. */
function Regain({ file, name }: { readonly file: OutgoingFile; readonly name: string }) {
  const app = useApp();
  const { t } = app;
  const chooser = useRef<HTMLInputElement>(null);
  const allows = file.regain === 'allow';
  return (
    <>
      <button
        type="button"
        class="button button-small"
        aria-label={t(allows ? 'sending.lost_allow_named' : 'sending.lost_choose_named', { name })}
        onClick={() => (allows ? void allowFile(app, file) : chooser.current?.click())}
      >
        {t(allows ? 'sending.lost_allow' : 'sending.lost_choose')}
      </button>
      <input
        ref={chooser}
        type="file"
        hidden
        data-choose-again
        onChange={({ currentTarget }) => {
          const [chosen] = currentTarget.files ?? [];
          if (chosen) void regainFile(app, file, chosen);
          currentTarget.value = '';
        }}
      />
      <p class="sending-problem tray-why" role="status">
        {t(allows ? 'sending.lost_allow_why' : 'sending.lost_choose_why')}
      </p>
    </>
  );
}

/** `12.3 MB of 300 MB · 45 MB a second · 7 sec left` */
function State({ file: { phase, size, done, speed } }: { readonly file: OutgoingFile }) {
  const { t, formats } = useApp();
  if (phase === 'reading') return <p class="sending-state">{t('sending.reading')}</p>;
  if (phase === 'lost') {
    return <p class="sending-state">{t('file.progress', { done: formats.size(done), size: formats.size(size) })}</p>;
  }
  if (phase !== 'uploading') return <p class="sending-state">{phase === 'queued' && t('sending.queued')}</p>;
  if (done > 0 && done >= size) return <p class="sending-state">{t('sending.saving')}</p>;
  const left = timeLeft(size - done, speed);
  return (
    <p class="sending-state">
      <span>{t('file.progress', { done: formats.size(done), size: formats.size(size) })}</span>
      {speed !== undefined && <span>{t('file.speed', { speed: formats.size(speed) })}</span>}
      {left !== undefined && <span>{t('file.left', { time: formats.span(left) })}</span>}
    </p>
  );
}
