import type { Command } from './command.js';

export const devicesList: Command<'devices.list'> = async ({ trust }) => ({ devices: await trust.devices() });
