/** How long a finger rests, ms, and how far it may stray meanwhile, px. */
const REST_MS = 450;
const STRAY = 10;

/** Tells of a finger that rests on `element`. The click that would follow it is not one. */
export function onLongPress(element: HTMLElement, pressed: () => void, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start = { x: 0, y: 0 };
  let done = false;
  const cancel = (): void => clearTimeout(timer);
  element.addEventListener(
    'pointerdown',
    (event) => {
      cancel();
      done = false;
      // What stands over the row belongs to it as well, but not for this.
      const covered = event.target instanceof Element && event.target.closest('[popover], dialog') !== null;
      if (event.pointerType !== 'touch' || !event.isPrimary || covered) return;
      start = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => {
        done = true;
        pressed();
      }, REST_MS);
    },
    { signal },
  );
  element.addEventListener(
    'pointermove',
    (event) => {
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > STRAY) cancel();
    },
    { signal, passive: true },
  );
  for (const name of ['pointerup', 'pointercancel', 'pointerleave'] as const)
    element.addEventListener(name, cancel, { signal });
  element.addEventListener(
    'click',
    (event) => {
      if (!done) return;
      done = false;
      event.preventDefault();
      event.stopPropagation();
    },
    { signal, capture: true },
  );
  signal.addEventListener('abort', cancel);
}
