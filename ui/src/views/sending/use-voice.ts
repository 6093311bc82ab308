import { useEffect, useRef, useState } from 'preact/hooks';
import { keepVoice, sendVoice } from '../../app/files.js';
import { useApp } from '../../app/use-app.js';
import { RecorderError, VoiceRecorder } from '../../files/recorder.js';
import { VOICE_MAX_MS } from '../../limits.js';

/** `free`: it goes on until it is sent or discarded. `held`: as long as the button is held; `away`: held far from it. */
export type VoicePhase = 'idle' | 'asking' | 'held' | 'away' | 'free' | 'full';

export interface Voice {
  readonly phase: VoicePhase;
  /** ms */
  readonly elapsed: number;
  readonly levels: readonly number[];
  /** The last one was. */
  readonly discarded: boolean;
  /** Why there is no recording: a sentence. */
  readonly problem?: string;
  start(held: boolean): void;
  /** The button was let go; `away`: far from where it was pressed. */
  release(): void;
  drag(away: boolean): void;
  send(): void;
  discard(): void;
}

/** Held for less, it was a press: the recording goes on. */
const PRESS_MS = 500;

/** The voice message that is being recorded. What is left behind is kept in the tray: a voice is not recorded twice. */
export function useVoice(conversation: string): Voice {
  const app = useApp();
  const { t, formats, now } = app;
  const [phase, setPhase] = useState<VoicePhase>('idle');
  const [discarded, setDiscarded] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [, redraw] = useState(0);
  const recorder = useRef<VoiceRecorder | undefined>(undefined);
  const pressed = useRef(0);
  const now_ = useRef(phase);
  now_.current = phase;
  const set = (next: VoicePhase): void => {
    now_.current = next;
    setPhase(next);
  };

  const start = (held: boolean): void => {
    if (now_.current !== 'idle') return;
    pressed.current = held ? now() : 0;
    setProblem(undefined);
    setDiscarded(false);
    set('asking');
    const onLevel = (): void => {
      redraw((count) => count + 1);
      if ((recorder.current?.elapsed ?? 0) < VOICE_MAX_MS) return;
      set('full');
      setProblem(t('sending.voice_longest', { time: formats.span(VOICE_MAX_MS) }));
    };
    VoiceRecorder.start(window, now, onLevel).then(
      (started) => {
        // The conversation was left while the browser asked.
        if (now_.current !== 'asking') return started.discard();
        recorder.current = started;
        set(pressed.current > 0 ? 'held' : 'free');
      },
      (error: unknown) => {
        set('idle');
        setProblem(t(`sending.voice_${error instanceof RecorderError ? error.problem : 'busy'}`));
      },
    );
  };
  const discard = (): void => {
    recorder.current?.discard();
    recorder.current = undefined;
    set('idle');
    setProblem(undefined);
    setDiscarded(true);
  };
  const finish = (use: typeof sendVoice): void => {
    const { current } = recorder;
    recorder.current = undefined;
    set('idle');
    setProblem(undefined);
    if (current) void current.stop().then((recorded) => use(app, conversation, recorded));
  };
  const release = (): void => {
    const short = now() - pressed.current < PRESS_MS;
    pressed.current = 0;
    if (now_.current === 'away') discard();
    else if (now_.current === 'held') {
      if (short) set('free');
      else finish(sendVoice);
    }
  };
  const leave = useRef(() => {});
  leave.current = () => finish(keepVoice);
  useEffect(
    () => () => {
      now_.current = 'idle';
      leave.current();
    },
    [],
  );
  return {
    ...{ phase, discarded, start, release, discard, send: () => finish(sendVoice) },
    elapsed: recorder.current?.elapsed ?? 0,
    levels: recorder.current?.levels ?? [],
    drag(away) {
      if (now_.current === 'held' && away) set('away');
      else if (now_.current === 'away' && !away) set('held');
    },
    ...(problem !== undefined && { problem }),
  };
}
