/** A daemon that starts at log-in: what to write where, and which commands of the system make it known. Nothing is done here. */

export type SystemCommand = readonly [program: string, ...args: string[]];

/** What is to run. */
export interface ServiceSpec {
  /** `parley-peer`: letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** For people: `Parley: peer`. */
  readonly title: string;
  /** Program and arguments, as an array: each platform quotes them in its own way. */
  readonly command: SystemCommand;
  /** Where paths in it begin: an absolute path. */
  readonly folder: string;
}

/** Of whom it is. */
export interface ServiceOwner {
  readonly home: string;
  /** `XDG_CONFIG_HOME`, where it is set. */
  readonly configHome?: string | undefined;
  readonly uid: number;
}

export interface ServicePlan {
  readonly file: string;
  readonly content: string | Uint8Array;
  /** Run in turn once the file is there, after `stop`. */
  readonly install: readonly SystemCommand[];
  /** Run in turn before the file is removed or replaced; what is not there any more is no error. */
  readonly stop: readonly SystemCommand[];
  /** Run in turn after the file was removed. */
  readonly removed: readonly SystemCommand[];
  /** Shows what the system knows of it. */
  readonly status: SystemCommand;
  /** Where its log is. */
  readonly log: string;
  /** What else a person should know. */
  readonly hint?: string;
}

/** Text in XML, as an element's content. */
export function xml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
