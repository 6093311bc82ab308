/** Whether a field may take the focus by itself: a touch keyboard that comes up unasked hides what one came to read. */
export function hasFinePointer(): boolean {
  return window.matchMedia('(pointer: fine)').matches;
}
