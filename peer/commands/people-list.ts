import type { Command } from './command.js';

export const peopleList: Command<'people.list'> = async ({ people }) => ({ people: people.list() });
