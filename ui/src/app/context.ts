/** The parts that the UI's actions work with. Made once, in main.tsx; handed down, never imported. */
import type { DoctorProgress } from '../../../protocol/local-api.js';
import type { Api } from '../net/api.js';
import type { Commands } from '../net/commands.js';
import type { OutboxSender } from '../net/outbox.js';
import type { DaemonSocket } from '../net/socket.js';
import type { PersistedState } from '../net/persisted-state.js';
import type { Viewed } from '../state/pictures.js';
import type { Store } from '../state/store.js';
import type { Formats } from '../text/format.js';
import type { Translate } from '../text/translate.js';
import type { Language } from './language.js';
import type { LinkedEntries } from './linked-entries.js';
import type { Notifications } from './notifications.js';
import type { Observable } from './observable.js';
import type { ShellUpdates } from './shell-updates.js';
import type { KeptUploads } from './kept-uploads.js';
import type { Uploads } from './uploads.js';
import type { Theme } from './theme.js';

export interface App {
  readonly store: Store;
  readonly api: Api;
  readonly commands: Commands;
  readonly socket: DaemonSocket;
  readonly outbox: OutboxSender;
  readonly persisted: PersistedState;
  readonly uploads: Uploads;
  readonly keptUploads: KeptUploads;
  readonly theme: Theme;
  readonly language: Language;
  readonly updates: ShellUpdates;
  readonly notifications: Notifications;
  /** Whether the panel that invites others is open. */
  readonly inviteShown: Observable<boolean>;
  /** The last that was told of an examination of the doctor. */
  readonly examined: Observable<DoctorProgress | undefined>;
  /** What links to messages lead to. */
  readonly linkedEntries: LinkedEntries;
  /** The picture that is shown in full. */
  readonly pictureViewed: Observable<Viewed | undefined>;
  /** Of the present language: read these anew at each use, they change with it. */
  readonly t: Translate;
  readonly formats: Formats;
  /** The browser's clock, ms. */
  now(): number;
  newId(): string;
  /** Sets the URL's hash; `replace` leaves no step to go back to. */
  navigate(hash: string, replace?: boolean): void;
}
