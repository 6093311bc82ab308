/** The flags by which a command says whose running peer it means, and how it prints. */
import type { Argv } from 'yargs';
import { UsageError } from '../cli.js';
import type { ProfileFlags } from '../process/profile-choice.js';

export interface PrintFlags extends ProfileFlags {
  readonly json?: boolean;
}

export function withProfile<T>(yargs: Argv<T>) {
  return yargs
    .option('username', { type: 'string', describe: 'Whose peer, where several run' })
    .option('data-dir', { type: 'string', describe: "Where that peer keeps its data [default: the platform's]" });
}

export function withJson<T>(yargs: Argv<T>) {
  return yargs.option('json', { type: 'boolean', default: false, describe: 'One JSON object a line' });
}

export const CONVERSATION = {
  type: 'string',
  describe: '"#general" (in quotes: shells take # for a comment), or the name of a user',
} as const;

export interface ConversationFlags {
  conversation?: string;
  join: boolean;
}

/** Which conversation is meant. */
export function withConversation<T>(yargs: Argv<T>) {
  return yargs
    .positional('conversation', CONVERSATION)
    .option('join', { type: 'boolean', default: false, describe: 'Join the channel first, where you are not in it' });
}

/** @throws UsageError naming the flag */
export function checkWhole(flag: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new UsageError(`--${flag} must be a whole number from ${least} to ${most}.`);
}
