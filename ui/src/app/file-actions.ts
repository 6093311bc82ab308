/** What one can do with a file that somebody has sent, and what lies here of them. */
import { safeFileName } from '../../../protocol/files.js';
import type { CommandArguments, EntryView, FileUsage } from '../../../protocol/local-api.js';
import { fileUrl, type FileLook } from '../state/files.js';
import type { App } from './context.js';
import { alertFailure, failureText } from './failures.js';
import type { Outcome } from './outcomes.js';

type OnTheWay = 'file.pause' | 'file.cancel';

/** Asks the daemon for the bytes, or lets them come on; where it refuses the person is told. `relayed`: also through the tracker. */
export async function fetchFile(app: App, sha256: string, relayed = false): Promise<void> {
  const wanted = { sha256, ...(relayed && { relayed }) };
  await app.commands.run('file.fetch', wanted).catch((error: unknown) => alertFailure(app, error));
}

export function pauseFile(app: App, sha256: string): Promise<void> {
  return run(app, 'file.pause', sha256);
}

export function cancelFile(app: App, sha256: string): Promise<void> {
  return run(app, 'file.cancel', sha256);
}

async function run(app: App, command: OnTheWay, sha256: string): Promise<void> {
  await app.commands.run(command, { sha256 }).catch((error: unknown) => alertFailure(app, error));
}

/** The browser saves it under a name that any system takes. */
export function saveFile({ sha256, name }: Pick<FileLook, 'sha256' | 'name'>): void {
  const link = document.createElement('a');
  link.href = fileUrl(sha256, safeFileName(name));
  link.download = safeFileName(name);
  link.click();
}

/** Files of one page of the list. */
const LISTED = 50;

/** The newest files of the conversation that the list shows, or those behind the last. Answers what to tell when it failed. */
export async function listFiles(app: App, older: boolean): Promise<string | undefined> {
  const { files } = app.store.get().finding;
  if (!files) return undefined;
  const { conversation, kind } = files;
  const before = older ? files.list?.at(-1)?.entry : undefined;
  try {
    const answer = await app.commands.run('file.list', {
      ...{ conversation, limit: LISTED },
      ...(kind === undefined ? {} : { kind }),
      ...(before === undefined ? {} : { before }),
    });
    const change = { kind: 'files/page', conversation, ...answer } as const;
    app.store.dispatch({
      type: 'finding',
      change: { ...change, ...(kind && { filter: kind }), ...(before !== undefined && { before }) },
    });
    return undefined;
  } catch (error) {
    return failureText(app.t, error);
  }
}

export async function fileUsage({ commands, t }: App): Promise<Outcome<FileUsage>> {
  try {
    return { value: await commands.run('file.usage', {}) };
  } catch (error) {
    return { problem: failureText(t, error) };
  }
}

/** How many bytes are free again. */
/** @param conversation undefined for what no conversation shows any more that the user sees */
export async function cleanFiles({ commands, t }: App, conversation: string | undefined): Promise<Outcome<number>> {
  try {
    const what = conversation === undefined ? ({ elsewhere: true } as const) : { conversation };
    return { value: (await commands.run('file.clean', what)).freed };
  } catch (error) {
    return { problem: failureText(t, error) };
  }
}

export type FileChoices = NonNullable<CommandArguments<'preferences.set'>['files']>;

export async function setFilePreferences(app: App, files: FileChoices): Promise<void> {
  await app.commands.run('preferences.set', { files }).catch((error: unknown) => alertFailure(app, error));
}

export function viewPicture({ pictureViewed }: App, { conversation, id }: EntryView): void {
  pictureViewed.set({ conversation, entry: id, listed: false });
}
