import type { Audience } from './events.js';

/** The one who sent a command over a WebSocket, as the command's side sees it. */
export interface Caller {
  readonly address: string;
  readonly authorised: boolean;
  /** Resolves when the account's password was right; from then on the caller may do everything. */
  login(password: string): Promise<void>;
  /** Its first command decides whether a caller reads events, or messages as text mode has them. */
  speaks(audience: Audience): void;
  /** One frame, after all events that came before it. */
  tell(message: object): void;
  /** The same, for who has it as JSON already. */
  tellText(text: string): void;
  /** Counts work that was begun for it; too much of it, and no more is read for now. It never rejects. */
  track(work: Promise<void>): void;
}
