/** The arrows walk from the field through the results and back; Enter is that of a link. */
export function walkResults(event: KeyboardEvent, box: HTMLElement | null): void {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key];
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  const results = [...(box?.querySelectorAll<HTMLElement>('[data-result]') ?? [])];
  const at = results.findIndex((result) => result === document.activeElement);
  const inField = field !== null && document.activeElement === field;
  if (inField && event.key === 'Enter') {
    event.preventDefault();
    results[0]?.click();
    return;
  }
  if (step === undefined || (at < 0 && !inField)) return;
  const target = at < 0 ? (step > 0 ? results[0] : undefined) : at + step < 0 ? field : results[at + step];
  if (!target) return;
  event.preventDefault();
  target.focus();
}
