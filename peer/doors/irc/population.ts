/** How many are there, as LUSERS tells it, and how many there were at most since the start. It is counted when it is asked for. */
export interface Clients {
  readonly signedIn: number;
  readonly strangers: number;
}

export interface Counts extends Clients {
  readonly online: number;
  readonly mostSignedIn: number;
  readonly mostOnline: number;
}

export class Population {
  #mostSignedIn = 0;
  #mostOnline = 0;

  /** @param clients those of this port now */
  constructor(private readonly clients: () => Clients) {}

  /** @param online users of the network who are there now */
  count(online: number): Counts {
    const { signedIn, strangers } = this.clients();
    this.#mostSignedIn = Math.max(this.#mostSignedIn, signedIn);
    this.#mostOnline = Math.max(this.#mostOnline, online);
    return { signedIn, strangers, online, mostSignedIn: this.#mostSignedIn, mostOnline: this.#mostOnline };
  }
}
