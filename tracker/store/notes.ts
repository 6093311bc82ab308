/**
 * What trackers over one store tell each other, and what each knows of the store itself. A tracker that has its store for
 * itself has nobody to tell, and a store that is always there.
 */

/** A note is plain data. It reaches the trackers that are there, and is not kept: nothing that must not be lost is a note. */
export interface Notes {
  /** To all others; not to this tracker itself. */
  publish(subject: string, data: unknown): void;
  /** To all others. @returns whether one of them answered in time that it took it */
  ask(subject: string, data: unknown): Promise<boolean>;
  /** `listener` hears the others' notes, checks what they say, and returns whether it took them. */
  subscribe(subject: string, listener: (data: unknown) => boolean): () => void;
}

/** `read_only`: what is stored can be read, and nothing be written. */
export interface StoreState {
  state: 'ready' | 'read_only';
  /** For people: why it is so, and what to know of the servers. */
  problems: readonly string[];
}

export interface StoreStates {
  now(): StoreState;
  watch(listener: (state: StoreState) => void): () => void;
}

const nothing = (): void => {};

export const alone: Notes = {
  publish: nothing,
  ask: () => Promise.resolve(false),
  subscribe: () => nothing,
};

const READY: StoreState = { state: 'ready', problems: [] };

export const alwaysReady: StoreStates = { now: () => READY, watch: () => nothing };
