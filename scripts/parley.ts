/** The program `parley`. */
import { readFileSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { keepCompiled } from './process/compile-cache.js';

// Before anything else is loaded.
keepCompiled();
const { runCommandLine } = await import('./cli.js');
const { endIfStopped, surviveClosedOutput } = await import('./process/lifecycle.js');

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

surviveClosedOutput(process);
const code = await runCommandLine({
  commands: [
    {
      name: 'tracker',
      arguments: ['[action]', '[name]'],
      describe: 'Start the tracker: who is who, and where they can be reached',
      load: async () => (await import('./commands/tracker.js')).default as CommandModule,
    },
    {
      name: 'peer',
      describe: "Start one user's peer: history, links to the others, and the UI in the browser",
      load: async () => (await import('./commands/peer.js')).default as CommandModule,
    },
    {
      name: 'gateway',
      describe: 'Host peers for those who cannot run one: phones, guests, classrooms',
      load: async () => (await import('./commands/gateway.js')).default as CommandModule,
    },
    {
      name: 'proxy',
      describe: 'One address for several trackers: the next one takes over when one fails',
      load: async () => (await import('./commands/proxy.js')).default as CommandModule,
    },
    {
      name: 'relay',
      describe: 'Relay for a tracker, on another machine: carries what peers behind routers send each other, sealed',
      load: async () => (await import('./commands/relay.js')).default as CommandModule,
    },
    {
      name: 'chat',
      arguments: ['[conversation]'],
      describe: 'Chat in this terminal, by the peer that runs, or by one that is started',
      load: async () => (await import('./commands/chat.js')).default as CommandModule,
    },
    {
      name: 'send',
      arguments: ['<conversation>'],
      describe: 'Send files, a text, or each line of stdin into a conversation, by the peer that runs',
      load: async () => (await import('./commands/send.js')).default as CommandModule,
    },
    {
      name: 'get',
      arguments: ['<file>'],
      describe: 'Save a file that a message shows, by the peer that runs',
      load: async () => (await import('./commands/get.js')).default,
    },
    {
      name: 'tail',
      arguments: ['<conversation>'],
      describe: 'Print what comes into a conversation, as it comes',
      load: async () => (await import('./commands/tail.js')).default as CommandModule,
    },
    {
      name: 'history',
      arguments: ['<conversation>'],
      describe: 'Print what was said in a conversation, oldest first',
      load: async () => (await import('./commands/history.js')).default as CommandModule,
    },
    {
      name: 'export',
      describe: 'Write all your messages and files into a zip archive that needs no Parley to be read',
      load: async () => (await import('./commands/export.js')).default,
    },
    {
      name: 'backup',
      arguments: ['<file>'],
      describe: 'Write all your messages and files into one sealed file, to move to a new machine',
      load: async () => (await import('./commands/backup.js')).default as CommandModule,
    },
    {
      name: 'restore',
      arguments: ['<file>'],
      describe: 'Bring messages and files of a backup to this machine, as a new device of yours',
      load: async () => (await import('./commands/restore.js')).default as CommandModule,
    },
    {
      name: 'doctor',
      describe: 'Check the connection: what keeps you from others, and what to do about it',
      load: async () => (await import('./commands/doctor.js')).default as CommandModule,
    },
    {
      name: 'service',
      arguments: ['<action>', '<daemon>', '[flags..]'],
      describe: 'Start a peer or a tracker whenever you log in: install, status, remove',
      load: async () => (await import('./commands/service.js')).default as CommandModule,
    },
    {
      name: 'users',
      describe: 'Print everybody who is known here, and how present they are',
      load: async () => (await import('./commands/users.js')).default,
    },
    {
      name: 'token',
      describe: 'Print the token by which other programs of yours sign in at your peer that runs',
      load: async () => (await import('./commands/token.js')).default,
    },
  ],
  argv: process.argv.slice(2),
  env: process.env,
  version,
  print: (text) => process.stdout.write(`${text}\n`),
  printError: (text) => process.stderr.write(`${text}\n`),
  ...(process.stdout.isTTY && { columns: process.stdout.columns }),
});
// A command may have found something that its caller is to know of, without having failed itself.
if (code !== 0) process.exitCode = code;
endIfStopped(process);
