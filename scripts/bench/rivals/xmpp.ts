/** Prosody: XMPP over plain TCP, both users anonymous, nothing kept. */
import { Chain, type Dialect } from '../chain.js';
import type { Rival } from './server.js';
import { TcpEnd, type Speech } from './tcp-end.js';

const HOST = 'bench.invalid';
const HEAD = `<?xml version='1.0'?><stream:stream to='${HOST}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`;
const AUTH = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>";
const BIND = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
/** What a stanza, or a part of the handshake that is waited for, ends with. */
const END = /<\/message>|<\/stream:features>|<success[^>]*>|<\/iq>/g;

export const stanzas: Speech = {
  split: (buffered) => {
    const frames: string[] = [];
    let from = 0;
    for (const { index, 0: end } of buffered.matchAll(END)) {
      frames.push(buffered.slice(from, index + end.length));
      from = index + end.length;
    }
    return { frames, rest: buffered.slice(from) };
  },
};

const dialectTo = (jid: string): Dialect => ({
  encode: (_id, text) => `<message to='${jid}' type='chat'><body>${text}</body></message>`,
  arrived: (stanza) => (stanza.endsWith('</message>') ? 1 : 0),
  confirmed: undefined,
});

export const xmpp: Rival = {
  name: 'XMPP (prosody, plain TCP, keeps nothing)',
  program: 'prosody',
  args: (config) => ['--config', config, '-F'],
  config: ({ port, folder }) => `daemonize = false
pidfile = "${folder}/prosody.pid"
data_path = "${folder}"
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = { }
s2s_ports = { }
http_ports = { }
https_ports = { }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
modules_enabled = { "saslauth" }
modules_disabled = { "s2s", "tls", "offline", "http" }
log = { { levels = { min = "error" }, to = "console" } }
VirtualHost "${HOST}"
  authentication = "anonymous"
`,
  chain: async (port) => {
    const open = async (): Promise<{ end: TcpEnd; jid: string }> => {
      const end = await TcpEnd.open(port, stanzas);
      await end.ask(HEAD, /<\/stream:features>$/);
      await end.ask(AUTH, /<success[^>]*>$/);
      await end.ask(HEAD, /<\/stream:features>$/);
      const [, jid = ''] = await end.ask(BIND, /<jid>([^<]+)<\/jid>/);
      end.send('<presence/>');
      return { end, jid };
    };
    const [from, to] = [await open(), await open()];
    return new Chain(from.end, to.end, dialectTo(to.jid));
  },
};
