/** The browser's notifications: the permission, what is shown, and its end when it has been read. */
import { drawn } from '../../../protocol/visible.js';
import type { EntryView, LocalEvent } from '../../../protocol/local-api.js';
import type { PersistedState } from '../net/persisted-state.js';
import { currentConversation } from '../state/attention.js';
import { unseenAlerts, type Looking } from '../state/notify.js';
import { channelTitle } from '../state/sidebar.js';
import type { Store } from '../state/store.js';
import { messageLine } from '../text/message-line.js';
import type { Translate } from '../text/translate.js';
import { Windows } from './notification-windows.js';
import { Observable } from './observable.js';
import { playSound } from './sound.js';

export interface NotificationState {
  readonly permission: NotificationPermission | 'unsupported';
  /** On this browser. */
  readonly wanted: boolean;
  readonly sound: boolean;
  /** Something came that would have been shown: the person may be asked now. */
  readonly offering: boolean;
}

/** What is used of the app. */
interface Around {
  readonly store: Store;
  readonly t: Translate;
  now(): number;
  newId(): string;
  navigate(hash: string): void;
}

interface NotificationParts {
  readonly app: () => Around;
  readonly window: Window & typeof globalThis;
  readonly persisted: PersistedState;
}

/** What this browser remembers of it. */
const OFF = 'notify.off';
const SOUND = 'notify.sound';
const DECLINED = 'notify.declined';
const YES = 'yes';
const TEXT_MAX = 200;

function bodyOf(t: Translate, entry: EntryView): string {
  return messageLine(t, entry, (text) => drawn(text.slice(0, TEXT_MAX)));
}

interface Shown {
  readonly notification: Notification;
  readonly count: number;
}

export class Notifications {
  readonly state: Observable<NotificationState>;
  readonly #parts: NotificationParts;
  #windows: Windows | undefined;
  readonly #shown = new Map<string, Shown>();

  constructor(parts: NotificationParts) {
    this.#parts = parts;
    const { persisted } = parts;
    const wanted = persisted.read(OFF) !== YES;
    const sound = persisted.read(SOUND) === YES;
    this.state = new Observable({ permission: this.#permission(), wanted, sound, offering: false });
  }

  start(): void {
    const { window, app } = this.#parts;
    this.#windows = new Windows(window, app().newId());
    const look = (): void => this.#look();
    for (const event of ['focus', 'blur'] as const) window.addEventListener(event, look);
    window.document.addEventListener('visibilitychange', look);
    app().store.subscribe(look);
    look();
    void this.#followPermission();
  }

  /** After the event has changed the state. */
  hear(event: LocalEvent): void {
    if (event.type !== 'entries') return;
    const news = unseenAlerts(this.#looking(), event);
    const newest = news.at(-1);
    if (!newest || !this.state.get().wanted) return;
    const { permission } = this.state.get();
    if (permission === 'default') return this.#offer();
    if (permission !== 'granted' || !this.#windows?.leads) return;
    if (this.#windows.seesElsewhere(newest.conversation)) return;
    this.#show(newest, news.length);
  }

  /** Only on a press: a browser asks once, and some not at all otherwise. */
  async ask(): Promise<void> {
    await this.#parts.window.Notification.requestPermission().catch(() => undefined);
    this.#change({ permission: this.#permission(), offering: false });
  }

  decline(): void {
    this.#parts.persisted.write(DECLINED, YES);
    this.#change({ offering: false });
  }

  async setWanted(wanted: boolean): Promise<void> {
    this.#parts.persisted.write(OFF, wanted ? '' : YES);
    this.#change({ wanted, offering: false });
    if (wanted && this.#permission() === 'default') await this.ask();
  }

  setSound(sound: boolean): void {
    this.#parts.persisted.write(SOUND, sound ? YES : '');
    this.#change({ sound });
    if (sound) playSound(this.#parts.window);
  }

  test(): void {
    const { t } = this.#parts.app();
    this.#open('parley:test', t('app.name'), t('notifications.test_text'), () => undefined);
  }

  #show(entry: EntryView, more: number): void {
    const { app, window } = this.#parts;
    const { conversation, from } = entry;
    const count = (this.#shown.get(conversation)?.count ?? 0) + more;
    const { t, store } = app();
    const { daemon } = store.get();
    const name = conversation.slice(1);
    const called = daemon ? channelTitle(daemon, name) : name;
    const title = conversation.startsWith('#')
      ? t('notifications.in_channel', { username: from, channel: called })
      : from;
    const notification = this.#open(
      `parley:${conversation}`,
      count > 1 ? t('notifications.several', { title, count }) : title,
      bodyOf(t, entry),
      () => {
        window.focus();
        app().navigate(`#/m/${entry.id}`);
      },
    );
    if (notification) this.#shown.set(conversation, { notification, count });
  }

  /** Silent: the sound is ours, where it is wanted. One of the same tag takes the place of the one before. */
  #open(tag: string, title: string, body: string, onClick: () => void): Notification | undefined {
    const { window } = this.#parts;
    try {
      const notification = new window.Notification(title, {
        body,
        tag,
        silent: true,
        dir: 'auto',
        icon: './icon-192.png',
      });
      notification.onclick = () => {
        notification.close();
        onClick();
      };
      if (this.state.get().sound) playSound(window);
      return notification;
    } catch {
      // Phones' browsers show none that a page makes.
      this.#change({ permission: 'unsupported' });
      return undefined;
    }
  }

  #offer(): void {
    if (this.#parts.persisted.read(DECLINED) !== YES) this.#change({ offering: true });
  }

  #looking(): Looking {
    const { app, window } = this.#parts;
    return { ...app().store.get(), focused: window.document.hasFocus() };
  }

  /** Tells the other windows what this one shows, and takes away what has been read, here or elsewhere. */
  #look(): void {
    const looking = this.#looking();
    const seen = looking.visible && looking.focused ? currentConversation(looking) : undefined;
    this.#windows?.look(seen);
    for (const [conversation, { notification }] of this.#shown) {
      if ((looking.daemon?.conversations[conversation]?.unread ?? 0) > 0) continue;
      notification.close();
      this.#shown.delete(conversation);
    }
  }

  #permission(): NotificationState['permission'] {
    const { window } = this.#parts;
    return 'Notification' in window && window.isSecureContext ? window.Notification.permission : 'unsupported';
  }

  async #followPermission(): Promise<void> {
    const { permissions } = this.#parts.window.navigator as Partial<Pick<Navigator, 'permissions'>>;
    const status = await permissions?.query({ name: 'notifications' }).catch(() => undefined);
    if (!status) return;
    status.onchange = () => this.#change({ permission: this.#permission(), offering: false });
  }

  #change(change: Partial<NotificationState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
