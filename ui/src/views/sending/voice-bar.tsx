import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import { Icon } from '../../components/icon.js';
import type { Voice } from './use-voice.js';

/** How far from where the button was pressed letting go discards, px. */
const AWAY_PX = 90;
/** Bars of the last seconds. */
const SHOWN = 48;

/** In place of the text while a voice is recorded. */
export function VoiceBar({ voice }: { readonly voice: Voice }) {
  const { t, formats } = useApp();
  const { phase, levels, elapsed } = voice;
  const discard = t('sending.voice_discard');
  const shown = levels.slice(-SHOWN);
  return (
    <div
      class={phase === 'away' ? 'recording recording-away' : 'recording'}
      role="group"
      aria-label={t('sending.voice_recording')}
    >
      <button type="button" class="icon-button" aria-label={discard} title={discard} onClick={voice.discard}>
        <Icon name="trash" />
      </button>
      <span class="recording-light" aria-hidden="true" />
      <span class="recording-clock" role="timer">
        {formats.clock(elapsed)}
      </span>
      <svg
        class="recording-wave"
        viewBox={`0 0 ${SHOWN * 4} 32`}
        preserveAspectRatio="xMaxYMid meet"
        aria-hidden="true"
      >
        {shown.map((level, index) => {
          const height = Math.max(2, Math.min(1, level * 4) * 32);
          const x = (SHOWN - shown.length + index) * 4;
          return (
            <rect
              key={levels.length - shown.length + index}
              x={x}
              y={16 - height / 2}
              width="2"
              height={height}
              rx="1"
            />
          );
        })}
      </svg>
      {(phase === 'held' || phase === 'away') && (
        <span class="recording-hint">{t(phase === 'held' ? 'sending.voice_slide' : 'sending.voice_leave')}</span>
      )}
    </div>
  );
}

/**
 * The microphone where there is nothing else to send; it stays the same button while it is held, and then sends what was
 * recorded.
 */
export function VoiceButton({ voice }: { readonly voice: Voice }) {
  const { t } = useApp();
  const recording = voice.phase !== 'idle' && voice.phase !== 'asking';
  const onPointerDown = useHolding(voice);
  const label = recording ? t('sending.voice_send') : t('sending.voice');
  const button = useRef<HTMLButtonElement>(null);
  /** The press that began the recording ends with a click, which must not end it. */
  const began = useRef(false);
  useEffect(() => {
    if (recording) button.current?.focus();
  }, [recording]);
  return (
    <button
      ref={button}
      type="button"
      class={recording ? 'icon-button composer-send' : 'icon-button composer-voice'}
      aria-label={label}
      title={recording ? label : t('sending.voice_hint')}
      aria-busy={voice.phase === 'asking'}
      onPointerDown={(event) => {
        began.current = !recording;
        if (!recording && event.button === 0) onPointerDown(event);
      }}
      // A long press means the recording, nothing else.
      onContextMenu={(event) => event.preventDefault()}
      onClick={({ detail }) => {
        if (detail > 0 && began.current) return;
        if (recording) voice.send();
        else voice.start(false);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !recording) return;
        event.preventDefault();
        voice.discard();
      }}
    >
      <Icon name={recording ? 'send' : 'mic'} />
    </button>
  );
}

/** The pointer is followed over the whole window: the page around the button changes while it is held. */
function useHolding(voice: Voice): (event: PointerEvent) => void {
  const latest = useRef(voice);
  latest.current = voice;
  const end = useRef(() => {});
  useEffect(() => () => end.current(), []);
  return ({ clientX, clientY, pointerId }) => {
    end.current();
    const stop = new AbortController();
    end.current = () => stop.abort();
    const own = (work: (event: PointerEvent) => void) => (event: PointerEvent) => {
      if (event.pointerId === pointerId) work(event);
    };
    const { signal } = stop;
    window.addEventListener(
      'pointermove',
      own((event) => latest.current.drag(Math.hypot(event.clientX - clientX, event.clientY - clientY) > AWAY_PX)),
      { signal },
    );
    for (const name of ['pointerup', 'pointercancel'] as const) {
      window.addEventListener(
        name,
        own(() => {
          stop.abort();
          latest.current.release();
        }),
        { signal },
      );
    }
    voice.start(true);
  };
}

/** Why there is no recording, or that it is full; and for those who do not see it, what has become of it. */
export function VoiceNote({ voice: { phase, problem, discarded } }: { readonly voice: Voice }) {
  const { t } = useApp();
  const recording = phase === 'free' || phase === 'held';
  return (
    <div class="composer-note">
      {problem !== undefined && (
        <p class="note-error" role="alert">
          {problem}
        </p>
      )}
      <p class="visually-hidden" role="status">
        {recording ? t('sending.voice_started') : discarded && t('sending.voice_discarded')}
      </p>
    </div>
  );
}
