/** Tells the daemon that this window is used, and when it no longer is: what the presence `auto` follows. */
import type { App } from './context.js';

/** Of steady use, told so often. */
const TOLD_EVERY_MS = 60_000;
const IDLE_AFTER_MS = 10 * 60_000;
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

export function watchActivity(app: App, window: Window): void {
  const { document } = window;
  let told: number | undefined;
  let idle: number | undefined;
  let used = app.now();
  const tell = (active: boolean): void => {
    if (app.store.get().connection.phase !== 'live') return;
    told = active ? app.now() : undefined;
    app.commands.run('presence.active', { active }).catch(() => (told = undefined));
  };
  const use = (): void => {
    used = app.now();
    window.clearTimeout(idle);
    idle = window.setTimeout(() => tell(false), IDLE_AFTER_MS);
    if (told === undefined || used - told >= TOLD_EVERY_MS) tell(true);
  };
  for (const sign of SIGNS) window.addEventListener(sign, use, { capture: true, passive: true });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') use();
  });
  let live = false;
  app.store.subscribe(() => {
    const now = app.store.get().connection.phase === 'live';
    if (now && !live && document.visibilityState === 'visible' && app.now() - used < IDLE_AFTER_MS) {
      live = now;
      told = undefined;
      use();
    }
    live = now;
  });
}
