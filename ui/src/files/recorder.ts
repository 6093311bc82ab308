/** Records a voice: the browser's own recorder, and beside it how loud it was. */
import { loudness, waveform } from './waveform.js';

export interface Recorded {
  readonly blob: Blob;
  /** ms */
  readonly duration: number;
  readonly waveform?: string;
}

/** `insecure`: browsers give a microphone only to pages at localhost or over https. `refused`: by the person, or their settings. */
export type RecorderProblem = 'insecure' | 'unsupported' | 'refused' | 'missing' | 'busy';

export class RecorderError extends Error {
  constructor(readonly problem: RecorderProblem) {
    super(`no recording: ${problem}`);
  }
}

/** The first that the browser writes: small files that most others play. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4', 'audio/ogg;codecs=opus'];
const BITS_PER_SECOND = 32_000;
const LEVEL_EVERY_MS = 100;

export class VoiceRecorder {
  readonly levels: number[] = [];
  readonly #startedAt: number;
  readonly #pieces: Blob[] = [];
  readonly #ended: Promise<void>;
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(
    private readonly stream: MediaStream,
    private readonly recorder: MediaRecorder,
    private readonly context: AudioContext,
    private readonly now: () => number,
    onLevel: () => void,
  ) {
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Uint8Array(analyser.fftSize);
    this.#ended = new Promise((resolve) => recorder.addEventListener('stop', () => resolve(), { once: true }));
    recorder.addEventListener('dataavailable', ({ data }) => void this.#pieces.push(data));
    recorder.start(1_000);
    this.#startedAt = now();
    this.#timer = setInterval(() => {
      analyser.getByteTimeDomainData(samples);
      const level = loudness(samples);
      // A window that is not seen is asked less often: what was between counts as the same.
      do this.levels.push(level);
      while (this.levels.length * LEVEL_EVERY_MS < this.elapsed);
      onLevel();
    }, LEVEL_EVERY_MS);
  }

  /** `onLevel`: some ten times a second, while it records. @throws RecorderError */
  static async start(
    window: Window & typeof globalThis,
    now: () => number,
    onLevel: () => void,
  ): Promise<VoiceRecorder> {
    if (!window.isSecureContext) throw new RecorderError('insecure');
    const type = typeof MediaRecorder === 'function' && TYPES.find((each) => MediaRecorder.isTypeSupported(each));
    if (!type) throw new RecorderError('unsupported');
    const stream = await window.navigator.mediaDevices
      .getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, channelCount: 1 } })
      .catch((error: unknown) => {
        throw new RecorderError(problemOf(error));
      });
    try {
      const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
      return new VoiceRecorder(stream, recorder, new AudioContext(), now, onLevel);
    } catch {
      for (const track of stream.getTracks()) track.stop();
      throw new RecorderError('busy');
    }
  }

  /** ms */
  get elapsed(): number {
    return Math.max(0, this.now() - this.#startedAt);
  }

  async stop(): Promise<Recorded> {
    const { elapsed } = this;
    if (this.recorder.state !== 'inactive') this.recorder.stop();
    await this.#ended;
    this.#release();
    const [mime = ''] = this.recorder.mimeType.split(';');
    const shape = waveform(this.levels);
    const blob = new Blob(this.#pieces, { type: mime });
    return { blob, duration: Math.round(elapsed), ...(shape !== undefined && { waveform: shape }) };
  }

  discard(): void {
    if (this.recorder.state !== 'inactive') this.recorder.stop();
    this.#release();
  }

  /** Also puts out the browser's sign that it listens. */
  #release(): void {
    clearInterval(this.#timer);
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close().catch(() => undefined);
  }
}

function problemOf(error: unknown): RecorderProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'missing' : 'busy';
}
