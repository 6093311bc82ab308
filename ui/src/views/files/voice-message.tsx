import type { EntryView } from '../../../../protocol/local-api.js';
import { useRef, useState } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import { fileUrl, waveLevels, type FileLook } from '../../state/files.js';
import { FileCard } from './file-card.js';
import { FileStatus } from './file-status.js';
import { FileUps } from './file-ups.js';

const BARS = 48;
const RATES = [1, 1.5, 2] as const;
/** Seconds of one step by key. */
const STEP = 5;

/** Something spoken: its loudness as it goes on, where one can also go to, and how fast it is played. */
export function VoiceMessage({ entry, look }: { entry: EntryView; look: FileLook }) {
  const { t, formats } = useApp();
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [measured, setMeasured] = useState<number>();
  const [rate, setRate] = useState<(typeof RATES)[number]>(1);
  const [broken, setBroken] = useState(false);
  const here = entry.here === true;
  if (here && broken) return <FileCard look={look} here from={entry.from} note={t('file.not_shown')} />;
  const length = measured ?? (look.duration ?? 0) / 1000;
  const toggle = (): void => {
    const player = audio.current;
    if (!player) return;
    if (player.paused) player.play().catch(() => setBroken(player.error !== null));
    else player.pause();
  };
  const nextRate = (): void => {
    const next = RATES[(RATES.indexOf(rate) + 1) % RATES.length] ?? 1;
    setRate(next);
    if (audio.current) audio.current.playbackRate = next;
  };
  const goTo = (seconds: number): void => {
    if (!audio.current || length <= 0) return;
    audio.current.currentTime = Math.min(length, Math.max(0, seconds));
    setAt(audio.current.currentTime);
  };
  const label = t(playing ? 'file.stop' : 'file.play');
  return (
    <div class="voice">
      {here && (
        <audio
          ref={audio}
          preload="metadata"
          src={fileUrl(look.sha256)}
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
          onEnded={() => setAt(0)}
          onTimeUpdate={({ currentTarget }) => setAt(currentTarget.currentTime)}
          onLoadedMetadata={({ currentTarget: { duration } }) =>
            setMeasured(Number.isFinite(duration) ? duration : undefined)
          }
          onError={() => setBroken(true)}
        />
      )}
      <div class="voice-line">
        <button type="button" class="voice-play" aria-label={label} title={label} disabled={!here} onClick={toggle}>
          <Icon name={playing ? 'pause' : 'play'} />
        </button>
        <Wave look={look} part={length > 0 ? at / length : 0} at={at} length={length} onGo={here ? goTo : undefined} />
        <span class="voice-time">{formats.clock((playing || at > 0 ? at : length) * 1000)}</span>
        <button
          type="button"
          class="button button-small voice-rate"
          aria-label={t('file.rate', { rate: `${formats.number(rate)}×` })}
          onClick={nextRate}
        >
          {formats.number(rate)}×
        </button>
      </div>
      {!here && <FileStatus look={look} here={here} from={entry.from} />}
      <FileUps sha256={look.sha256} name={look.name} />
    </div>
  );
}

interface WaveProps {
  readonly look: FileLook;
  /** Played already, 0 to 1. */
  readonly part: number;
  /** Seconds. */
  readonly at: number;
  readonly length: number;
  /** Absent while it is not here. */
  readonly onGo: ((seconds: number) => void) | undefined;
}

function Wave({ look, part, at, length, onGo }: WaveProps) {
  const { t, formats } = useApp();
  const levels = waveLevels(look.waveform, BARS);
  const rtl = (): boolean => document.documentElement.dir === 'rtl';
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: at + (rtl() ? -STEP : STEP),
      ArrowLeft: at + (rtl() ? STEP : -STEP),
      Home: 0,
      End: length,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onGo?.(to);
  };
  const onPress = ({ clientX, currentTarget }: MouseEvent): void => {
    if (!(currentTarget instanceof Element)) return;
    const { left, width } = currentTarget.getBoundingClientRect();
    const from = (clientX - left) / width;
    onGo?.((rtl() ? 1 - from : from) * length);
  };
  return (
    <div
      class="voice-wave"
      role="slider"
      tabIndex={onGo ? 0 : -1}
      aria-label={t('file.position')}
      aria-disabled={onGo === undefined}
      aria-valuemin={0}
      aria-valuemax={Math.round(length)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={t('file.position_text', { at: formats.clock(at * 1000), of: formats.clock(length * 1000) })}
      onKeyDown={onKeyDown}
      onClick={onPress}
    >
      {levels.map((level, i) => (
        <span
          key={i}
          class={i < part * BARS ? 'voice-bar voice-bar-played' : 'voice-bar'}
          style={{ height: `${Math.round(12 + level * 88)}%` }}
        />
      ))}
    </div>
  );
}
