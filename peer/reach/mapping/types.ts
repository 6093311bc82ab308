/** What a router is asked, and what it can answer, whichever of its two languages it speaks. */

/** Where this computer is as its router sees it: both are IPv4 addresses of the home's network. */
export interface Home {
  readonly ours: string;
  readonly router: string;
}

export interface Wish {
  /** The port here. */
  readonly inner: number;
  /** The one that would be best outside. */
  readonly outer: number;
  readonly lifetimeMs: number;
}

export interface Granted {
  readonly by: 'nat-pmp' | 'upnp';
  /** The router's address outside, as it says; undefined where it does not say. */
  readonly host: string | undefined;
  /** The port outside. */
  readonly port: number;
  readonly lifetimeMs: number;
  /** Takes it back. May reject; ends with the signal. */
  remove(signal: AbortSignal): Promise<unknown>;
}

/** Takes back what the router may have made without its answer having come. As `Granted.remove`. */
type Undo = Granted['remove'];

/**
 * `refused`: a router answers, and forwards nothing. `host`: as in `Granted`; `isHidden`: it says that it has no address outside at all, as
 * one does that stands behind another; `undo`: it was asked, and what it did is not known.
 */
export type Outcome =
  | { readonly state: 'mapped'; readonly granted: Granted }
  | { readonly state: 'refused'; readonly host: string | undefined; readonly isHidden?: boolean; readonly undo?: Undo }
  | { readonly state: 'unanswered'; readonly undo?: Undo };
