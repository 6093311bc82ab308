/** What a router that means well is asked, and what comes of its answers; hostile ones have a file of their own. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { askMapping, askOutside, readAnswer } from '../../../protocol/nat-pmp.js';
import { askForMapping } from './ask.js';
import { gatewayOfLinux, gatewayOfNetstat } from './gateway.js';
import { home, TestRouter } from './test-router.js';
import type { Granted, Outcome } from './types.js';

const lasting = 60_000;
let router: TestRouter;
beforeEach(() => void (router = new TestRouter()));
afterEach(() => router.close());

function ask(random = 0.5, signal = new AbortController().signal): Promise<Outcome> {
  const { group, natPmpPort } = router;
  const options = { home, signal, random: () => random, natPmpPort, group, limitMs: 20_000 };
  return askForMapping({ inner: 9101, outer: 9101, lifetimeMs: 7_200_000 }, options);
}

function granted(outcome: Outcome): Granted {
  if (outcome.state !== 'mapped') throw new Error(`not mapped: ${JSON.stringify(outcome)}`);
  return outcome.granted;
}

const address = '<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>';
/** The calls of an action: port outside and time of each. */
const ports = (action: string) =>
  router.calls
    .filter((call) => call.startsWith(action))
    .map((call) => /<NewExternalPort>(\d+).*?(?:<NewLeaseDuration>(\d+)|$)/.exec(call)?.slice(1).map(Number));

test('the packets of RFC 6886', () => {
  expect(Buffer.from(askOutside()).toString('hex')).toBe('0000');
  const mapping = askMapping({ inner: 9101, outer: 9102, lifetime: 7200 });
  expect(Buffer.from(mapping).toString('hex')).toBe('00020000238d238e00001c20');
  const read = (hex: string) => readAnswer(Buffer.from(hex, 'hex'));
  expect(read('00800000000000aacb007107')).toEqual({ type: 'outside', host: '203.0.113.7' });
  expect(read('00820000000000aa238d238e00001c20')).toEqual({
    ...{ type: 'mapped', inner: 9101, outer: 9102, lifetime: 7200 },
  });
  expect(read('008200030000')).toEqual({ type: 'refused', about: 'mapped', code: 3 });
});

test(
  'NAT-PMP is enough: UPnP is not used as well, and the mapping is taken back as it was made',
  async () => {
    const asked: string[] = [];
    await router.upnp(() => address);
    await router.natPmp((request) => {
      asked.push(request.toString('hex'));
      if (request.length === 2) return [Buffer.from('00800000000000aacb007107', 'hex')];
      return [
        Buffer.concat([
          Buffer.from('00820000000000aa', 'hex'),
          request.subarray(4, 6),
          Buffer.from('238e00001c20', 'hex'),
        ]),
      ];
    });
    const mapping = granted(await ask());
    expect(mapping).toMatchObject({ by: 'nat-pmp', host: '203.0.113.7', port: 9102, lifetimeMs: 7_200_000 });
    await mapping.remove(new AbortController().signal);
    expect(asked.at(-1)).toBe('00020000238d000000000000');
    expect(router.calls.filter((call) => call.startsWith('AddPortMapping'))).toEqual([]);
  },
  lasting,
);

test(
  'UPnP: what is asked, and taken back',
  async () => {
    await router.upnp((action) => (action === 'GetExternalIPAddress' ? address : ''));
    const mapping = granted(await ask());
    expect(mapping).toMatchObject({ by: 'upnp', host: '203.0.113.7', port: 9101, lifetimeMs: 7_200_000 });
    expect(ports('AddPortMapping')).toEqual([[9101, 7200]]);
    expect(router.calls.at(-1)).toContain('<NewInternalClient>127.0.0.1</NewInternalClient>');
    await mapping.remove(new AbortController().signal);
    expect(router.calls.at(-1)).toMatch(/^DeletePortMapping.*<NewExternalPort>9101/s);
  },
  lasting,
);

test(
  'a port that is another computer’s, and a router that knows no end of a mapping',
  async () => {
    await router.upnp((action, body) => {
      if (action === 'GetExternalIPAddress') return address;
      if (body.includes('<NewExternalPort>9101<')) return { fault: 718 };
      return body.includes('<NewLeaseDuration>0<') ? '' : { fault: 725 };
    });
    expect(granted(await ask()).port).toBe(33_280);
    expect(ports('AddPortMapping')).toEqual([
      [9101, 7200],
      [33_280, 7200],
      [33_280, 0],
    ]);
  },
  lasting,
);

test(
  'a router that forwards nothing says at least where it is',
  async () => {
    await router.upnp((action) => (action === 'GetExternalIPAddress' ? address : { fault: 606 }));
    expect(await ask()).toEqual({ state: 'refused', host: '203.0.113.7' });
    expect(ports('AddPortMapping')).toHaveLength(1);
  },
  lasting,
);

test(
  'a router that does as it was asked when nobody waits for its answer any more is told to take it back, and only what leads here',
  async () => {
    for (const isOurs of [true, false]) {
      const stopped = new AbortController();
      router.calls.length = 0;
      await router.upnp((action) => {
        if (action === 'GetExternalIPAddress') return address;
        // The answer to this one comes to nobody.
        if (action === 'AddPortMapping') stopped.abort();
        const client = isOurs ? '127.0.0.1' : '127.0.0.2';
        return `<NewInternalPort>9101</NewInternalPort><NewInternalClient>${client}</NewInternalClient>`;
      });
      const outcome = await ask(0.5, stopped.signal);
      if (outcome.state === 'mapped') throw new Error('the answer came');
      await outcome.undo?.(new AbortController().signal);
      const done = router.calls.map((call) => call.split(' ')[0]);
      expect(done.slice(0, 3)).toEqual(['GetExternalIPAddress', 'AddPortMapping', 'GetSpecificPortMappingEntry']);
      expect(done.slice(3)).toEqual(isOurs ? ['DeletePortMapping'] : []);
    }
  },
  lasting,
);

test(
  'NAT-PMP that is ended amid the question takes back what it may have been granted',
  async () => {
    const stopped = new AbortController();
    const asked: string[] = [];
    await router.natPmp((request) => {
      asked.push(request.toString('hex'));
      if (request.length > 2) stopped.abort();
      // As a router that answers what it takes back alone.
      return request.length > 2 && request.readUInt32BE(8) === 0
        ? [Buffer.concat([Buffer.from('00820000000000aa', 'hex'), request.subarray(4, 6), Buffer.alloc(6)])]
        : [];
    });
    const outcome = await ask(0.5, stopped.signal);
    if (outcome.state !== 'unanswered') throw new Error('somebody answered');
    await outcome.undo?.(new AbortController().signal);
    expect(asked.at(-1)).toBe('00020000238d000000000000');
  },
  lasting,
);

test(
  'a router that says of itself no address, in whatever way, stands behind another',
  async () => {
    for (const host of ['', '0.0.0.0']) {
      await router.upnp((action) =>
        action === 'GetExternalIPAddress' ? `<NewExternalIPAddress>${host}</NewExternalIPAddress>` : { fault: 501 },
      );
      expect(await ask()).toMatchObject({ state: 'refused', isHidden: true });
    }
  },
  lasting,
);

test('the router, as Linux, macOS and Windows tell it', () => {
  const head = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT';
  const route = (to: string, gateway: string, flags: string, metric: number, mask: string): string =>
    ['eth0', to, gateway, flags, 0, 0, metric, mask, 0, 0, 0].join('\t');
  const linux = [
    head,
    route('00000000', '0101A8C0', '0003', 600, '00000000'),
    route('00000000', 'FE00A8C0', '0003', 100, '00000000'),
    route('0000A8C0', '00000000', '0001', 0, '00FFFFFF'),
  ].join('\n');
  expect(gatewayOfLinux(linux, 'LE')).toBe('192.168.0.254');
  expect(gatewayOfLinux(route('00000000', 'C0A80101', '0003', 0, '00000000'), 'BE')).toBe('192.168.1.1');
  for (const none of ['', head, route('00000000', '00000000', '0001', 0, '00000000'), 'x\t00000000\tzz\t0003']) {
    expect(gatewayOfLinux(none, 'LE')).toBeUndefined();
  }
  const mac =
    'Internet:\nDestination  Gateway  Flags  Netif Expire\ndefault            192.168.2.1        UGScg   en0\n127 127.0.0.1 UCS lo0\n';
  expect(gatewayOfNetstat(mac)).toBe('192.168.2.1');
  const windows = '          0.0.0.0          0.0.0.0      192.168.3.1    192.168.3.7     25\r\n';
  expect(gatewayOfNetstat(`Network Destination\r\n${windows}`)).toBe('192.168.3.1');
  expect(gatewayOfNetstat('default  link#4  UCS en0\n0.0.0.0 0.0.0.0 On-link 10.0.0.2 25\n')).toBeUndefined();
});
