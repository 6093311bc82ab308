/** What a run against a cluster has counted, and what it has found to be wrong. */

export interface Figures {
  rounds: number;
  accounts: number;
  sessions: number;
  memberships: number;
  /** Names that two asked for at once. */
  races: number;
  letters: number;
  /** Departures that were told, all of them of peers that had left. */
  departures: number;
  /** Messages that each daemon was shown while something was broken. */
  chats: number;
  /** Calls that were answered `unavailable`, or not at all. */
  refused: number;
}

export interface Faults {
  /** What was acknowledged, and is not at a tracker. */
  lost: string[];
  /** What is there although its end was acknowledged. */
  undead: string[];
  wonTwice: string[];
  /** Letters that are there more than once. */
  doubled: string[];
  signedOut: string[];
  /** Who was told to have left, and had not. */
  leftWrongly: string[];
  /** What did not go on, or did not come back. */
  stuck: string[];
}

export class Findings {
  readonly figures: Figures = {
    ...{ rounds: 0, accounts: 0, sessions: 0, memberships: 0, races: 0 },
    ...{ letters: 0, departures: 0, chats: 0, refused: 0 },
  };
  readonly faults: Faults = {
    ...{ lost: [], undead: [], wonTwice: [], doubled: [], signedOut: [], leftWrongly: [], stuck: [] },
  };

  get isGood(): boolean {
    return Object.values(this.faults).every((list: string[]) => list.length === 0);
  }
}
