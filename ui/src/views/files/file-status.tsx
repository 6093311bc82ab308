import type { TransferView } from '../../../../protocol/local-api.js';
import { cancelFile, fetchFile, pauseFile, saveFile } from '../../app/file-actions.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Icon, type IconName } from '../../components/icon.js';
import type { FileLook } from '../../state/files.js';
import { sameName } from '../../state/entries.js';
import { personOf } from '../../state/sidebar.js';
import { partDone, secondsLeft, type FileState } from '../../state/transfers.js';
import type { TextKey } from '../../text/translate.js';
import { useNames } from '../message/use-names.js';
import { failedText, waitText } from '../../text/file-words.js';
import { useProgress } from './use-file.js';

interface FileStatusProps {
  readonly look: FileLook;
  readonly here: boolean;
  /** Who sent it. */
  readonly from: string;
  /** Where it lies over a picture: no word about who has it, and nothing at all once it is here. */
  readonly over?: boolean;
}

/** How far the bytes are, in words and as a bar, and what can be done about it. */
export function FileStatus({ look, here, from, over = false }: FileStatusProps) {
  const { state, down } = useProgress(look, here);
  if (state === 'here' && over) return null;
  const part = down && (state === 'running' || state === 'paused') ? partDone(down) : undefined;
  return (
    <div class="file-status" data-state={state}>
      {part !== undefined && <Bar name={look.name} part={part} />}
      <div class="file-status-line">
        <Words state={state} down={down} from={from} over={over} />
        <Buttons look={look} state={down?.code === 'relayed' && state === 'waiting' ? 'asking' : state} />
      </div>
    </div>
  );
}

function Bar({ name, part }: { name: string; part: number }) {
  const { t, formats } = useApp();
  return (
    <progress
      class="file-bar"
      max={1}
      value={part}
      aria-label={t('file.progress_label', { name, percent: formats.percent(part) })}
    />
  );
}

interface WordsProps {
  readonly state: FileState;
  readonly down: TransferView | undefined;
  readonly from: string;
  readonly over: boolean;
}

function Words({ state, down, from, over }: WordsProps) {
  const { t, formats } = useApp();
  const { listed } = useNames();
  if (state === 'here' || (state === 'absent' && over)) return null;
  if (state === 'absent' || !down) return <Whereabouts from={from} />;
  const amounts = { done: formats.size(down.done), size: formats.size(down.size) };
  const liars = down.liars ?? [];
  if (state === 'waiting')
    return <p class="file-words">{waitText(t, down.code, down.users.length, listed(down.users))}</p>;
  if (state === 'failed')
    return (
      <p class="file-words file-failed" role="status">
        {failedText(t, down.code)}
      </p>
    );
  if (state === 'paused') return <p class="file-words">{t('file.paused_at', amounts)}</p>;
  return (
    <div class="file-words">
      <p>
        {t('file.progress', amounts)}
        <Pace transfer={down} />
      </p>
      {!over && down.users.length > 0 && <p>{t('file.from', { names: listed(down.users) })}</p>}
      {liars.length > 0 && <p class="file-failed">{t('file.liars', { names: listed(liars) })}</p>}
    </div>
  );
}

/** How fast, and how long still; both where they are known. */
export function Pace({ transfer }: { transfer: TransferView }) {
  const { t, formats } = useApp();
  const left = secondsLeft(transfer);
  const { speed = 0 } = transfer;
  if (speed <= 0) return null;
  return (
    <span class="file-pace">
      {' · '}
      {t('file.speed', { speed: formats.size(speed) })}
      {left !== undefined && ` · ${t('file.left', { time: formats.span(left * 1000) })}`}
    </span>
  );
}

/** Who is known to have it: whoever sent it. */
function Whereabouts({ from }: { from: string }) {
  const { t } = useApp();
  const { nameOf } = useNames();
  const own = useDaemon(({ me }) => sameName(me.username, from));
  const linked = useDaemon((daemon) => personOf(daemon, from).link === 'linked');
  const text = own ? t('file.with_own') : t(linked ? 'file.with_here' : 'file.with_away', { name: nameOf(from) });
  return <p class="file-words">{text}</p>;
}

type Offer = 'save' | 'fetch' | 'anyway' | 'pause' | 'resume' | 'again' | 'cancel';

/** What each state lets one do. `asking`: it is large, and can come over a relay alone. */
const offers: Readonly<Record<FileState | 'asking', readonly Offer[]>> = {
  here: ['save'],
  done: [],
  absent: ['fetch'],
  running: ['pause', 'cancel'],
  waiting: ['pause', 'cancel'],
  asking: ['anyway', 'cancel'],
  paused: ['resume', 'cancel'],
  failed: ['again', 'cancel'],
};

function Buttons({ look, state }: { look: FileLook; state: FileState | 'asking' }) {
  const app = useApp();
  const { sha256 } = look;
  const runs = {
    save: { icon: 'download', run: () => saveFile(look) },
    fetch: { icon: 'download', run: () => void fetchFile(app, sha256) },
    anyway: { icon: 'download', run: () => void fetchFile(app, sha256, true) },
    resume: { icon: 'play', run: () => void fetchFile(app, sha256) },
    again: { icon: 'again', run: () => void fetchFile(app, sha256) },
    pause: { icon: 'pause', run: () => void pauseFile(app, sha256) },
    cancel: { icon: 'close', run: () => void cancelFile(app, sha256) },
  } as const satisfies Readonly<Record<string, { icon: IconName; run(): void }>>;
  return (
    <div class="file-buttons">
      {offers[state].map((offer) => {
        const named: TextKey = `file.${offer}_named`;
        const label = app.t(named, { name: look.name, size: app.formats.size(look.size) });
        const { icon, run } = runs[offer];
        return (
          <button key={offer} type="button" class="button button-small" aria-label={label} title={label} onClick={run}>
            <Icon name={icon} small />
            <span class="file-button-text">{app.t(`file.${offer}`)}</span>
          </button>
        );
      })}
    </div>
  );
}
