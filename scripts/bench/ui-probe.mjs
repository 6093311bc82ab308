// Runs in the page, before it: notes when messages are drawn, how long frames take, and whether rows move as they are scrolled.
/* global window, document, performance, requestAnimationFrame, MutationObserver */
(() => {
  const box = () => document.querySelector('[data-timeline]');
  /** @type {{ sought: string, since: number, done: ((ms: number) => void) }[]} */
  let waiting = [];

  const look = () => {
    if (waiting.length === 0) return;
    const text = box()?.textContent ?? '';
    const found = waiting.filter(({ sought }) => text.includes(sought));
    if (found.length === 0) return;
    waiting = waiting.filter((each) => !found.includes(each));
    // Drawn: the frame that shows it has been handed over.
    requestAnimationFrame(() => requestAnimationFrame((now) => found.forEach(({ since, done }) => done(now - since))));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });

  /** Resolves with the ms from `since` (performance.now) until a text stands in the timeline and is drawn. */
  const drawn = (sought, since) =>
    new Promise((done) => {
      waiting.push({ sought, since, done });
      look();
    });

  /** From each press of a button to when the sought text is drawn. */
  const drawnAfterPress = (sought) =>
    new Promise((done) => {
      window.addEventListener('pointerdown', () => drawn(sought, performance.now()).then(done), {
        once: true,
        capture: true,
      });
    });

  let recording;
  /** Frame by frame: when, and how far the rows in view went. */
  const record = () => {
    const frames = [];
    let rows = new Map();
    const mine = (recording = { frames });
    const step = (now) => {
      if (recording !== mine) return;
      const seen = new Map();
      const element = box();
      const { top = 0, bottom = 0 } = element?.getBoundingClientRect() ?? {};
      for (const row of element?.querySelectorAll('[data-key]:not([data-loose])') ?? []) {
        const at = row.getBoundingClientRect();
        if (at.bottom > top && at.top < bottom) seen.set(row, at.top);
      }
      const moves = [...seen].filter(([row]) => rows.has(row)).map(([row, at]) => at - rows.get(row));
      rows = seen;
      frames.push({ at: now, empty: seen.size === 0, moved: moves.length === 0 ? undefined : moves });
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  };
  const stop = () => {
    const { frames } = recording;
    recording = undefined;
    return frames;
  };
  window.parleyProbe = { drawn, drawnAfterPress, record, stop };
})();
