import type { Command } from './command.js';

/** Those who are known here come first where the tracker is away. */
export const peopleFind: Command<'people.find'> = ({ people }, { query }) => people.search(query);
