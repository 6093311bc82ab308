/** ngIRCd: one process, plain TCP, keeps nothing. */
import { Chain, type Dialect } from '../chain.js';
import type { Rival } from './server.js';
import { TcpEnd, type Speech } from './tcp-end.js';

export const lines: Speech = {
  split: (buffered) => {
    const parts = buffered.split('\r\n');
    const rest = parts.pop() ?? '';
    return { frames: parts, rest };
  },
  answer: (line) => (line.startsWith('PING ') ? `PONG ${line.slice(5)}\r\n` : undefined),
};

const dialect: Dialect = {
  encode: (_id, text) => `PRIVMSG bob :${text}\r\n`,
  arrived: (line) => (line.includes(' PRIVMSG bob :') ? 1 : 0),
  confirmed: undefined,
};

export const irc: Rival = {
  name: 'IRC (ngircd, plain TCP, keeps nothing)',
  program: 'ngircd',
  args: (config) => ['-n', '-f', config],
  config: ({ port, folder }) => `[Global]
Name = irc.bench.invalid
Info = bench
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = bench
PidFile = ${folder}/ngircd.pid
[Limits]
MaxConnectionsIP = 0
MaxPenaltyTime = 0
PingTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
`,
  chain: async (port): Promise<Chain> => {
    const open = async (name: string): Promise<TcpEnd> => {
      const end = await TcpEnd.open(port, lines);
      await end.ask(`NICK ${name}\r\nUSER ${name} 0 * :${name}\r\n`, /^\S+ 001 /);
      return end;
    };
    const [from, to] = [await open('alice'), await open('bob')];
    return new Chain(from, to, dialect);
  },
};
