import type { Command } from './command.js';

export const channelList: Command<'channel.list'> = async ({ people }) => ({ channels: people.channels() });
