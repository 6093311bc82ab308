/** Sound and films of the page. */

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
