/** What is heard of the page: the sound of a notification, and one player at a time. */

/** Two short notes, made here: no file, and nothing that a browser has to fetch. */
const NOTES_HZ = [660, 880];
const NOTE_S = 0.09;
const LOUDNESS = 0.12;

/** Silent where the browser does not let a page be heard that nobody has touched yet. */
export function playSound(window: Window & typeof globalThis): void {
  try {
    const context = new window.AudioContext();
    const loudness = context.createGain();
    loudness.connect(context.destination);
    const end = context.currentTime + NOTE_S * NOTES_HZ.length;
    loudness.gain.setValueAtTime(LOUDNESS, context.currentTime);
    loudness.gain.exponentialRampToValueAtTime(0.001, end);
    for (const [at, frequency] of NOTES_HZ.entries()) {
      const note = context.createOscillator();
      note.frequency.value = frequency;
      note.connect(loudness);
      note.start(context.currentTime + at * NOTE_S);
      note.stop(context.currentTime + (at + 1) * NOTE_S);
      note.onended = () => {
        if (at === NOTES_HZ.length - 1) void context.close();
      };
    }
  } catch {
    // A browser without sound.
  }
}

/** Whatever begins to play ends the others: two at once are heard by nobody. */
export function playOneAtATime(document: Document): void {
  // These events do not rise to the document, but come by on their way down.
  document.addEventListener(
    'play',
    ({ target }) => {
      for (const player of document.querySelectorAll<HTMLMediaElement>('audio, video')) {
        if (player !== target) player.pause();
      }
    },
    { capture: true },
  );
}
