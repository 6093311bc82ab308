import { describe, expect, test } from '@jest/globals';
import { outerInterfaces, type Interfaces } from './addresses.js';
import { ADDRESSES_MAX, inOrder, untriedFirst, type KnownAddress } from './candidates.js';
import { mostTelling, troublesOf } from './trouble.js';
import { ParleyError } from '../../protocol/errors.js';

function network(name: string, address: string, bits: number, internal = false): Interfaces {
  const common = { address, netmask: '', mac: '', internal, cidr: `${address}/${bits}` };
  return {
    [name]: [address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' }],
  };
}

const interfaces: Interfaces = {
  ...network('lo', '127.0.0.1', 8, true),
  ...network('eth0', '192.168.1.7', 24),
  ...network('docker0', '172.17.0.1', 16),
  ...network('br-0123456789ab', '172.18.0.1', 16),
  ...network('br-lan', '10.1.0.1', 16),
};
const around = { interfaces, sharesLoopback: false };

const hosts = (known: readonly KnownAddress[], sharesLoopback = false): string[] =>
  inOrder(known, { interfaces, sharesLoopback }).map(({ host }) => host);
const at = (host: string, source?: KnownAddress['source'], port = 9101): KnownAddress =>
  source ? { host, port, source } : { host, port };

describe('addresses are dialled', () => {
  test('in the order of their hope', () => {
    const known = [
      at('192.168.1.99', 'alleged'),
      at('172.17.0.9'),
      at('10.9.9.9'),
      at('203.0.113.5', 'seen'),
      at('2a00:1::5'),
      at('192.168.1.20'),
      at('198.51.100.1', 'last'),
    ];
    expect(hosts(known)).toEqual([
      ...['198.51.100.1', '192.168.1.20', '2a00:1::5', '203.0.113.5'],
      ...['172.17.0.9', '10.9.9.9', '192.168.1.99'],
    ]);
  });

  test('once each, however they are written, by the best word for them', () => {
    const written = [at('::ffff:c0a8:114'), at('192.168.1.20', 'alleged'), at('2A00:0001:0::5'), at('2a00:1::5')];
    expect(hosts(written)).toEqual(['192.168.1.20', '2a00:1::5']);
    expect(hosts([at('192.168.1.20', 'alleged'), at('192.168.1.99', 'alleged'), at('192.168.1.99', 'last')])).toEqual([
      '192.168.1.99',
      '192.168.1.20',
    ]);
    expect(hosts([at('Peer.Example.'), at('peer.example')])).toEqual(['peer.example']);
  });

  test('never on this machine or nowhere, whatever others write, unless others are on this machine', () => {
    const here = ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', 'localhost', 'a.localhost'];
    const nowhere = [
      '0.0.0.0',
      '::',
      '0.1.2.3',
      '255.255.255.255',
      '224.0.0.251',
      'ff02::fb',
      'fe80::1',
      'fe80::1%eth0',
    ];
    const tricks = ['127.1', '2130706433', '0x7f.1', '0x7f000001', '017700000001', 'a b', '[::1]', 'x/y', ''];
    for (const host of [...here, ...nowhere, ...tricks]) expect([host, hosts([at(host)])]).toEqual([host, []]);
    expect(hosts([at('127.0.0.1'), at('::1'), at('localhost')], true)).toEqual(['127.0.0.1', '::1', 'localhost']);
    for (const host of [...nowhere, ...tricks]) expect([host, hosts([at(host)], true)]).toEqual([host, []]);
  });

  test('not more of them than so many, and a liar cannot put the good ones out', () => {
    const lies = Array.from({ length: 500 }, (_, index) => at('192.168.1.66', 'alleged', index + 1));
    const found = inOrder([...lies, at('203.0.113.5', 'seen')], around);
    expect(found).toHaveLength(ADDRESSES_MAX);
    expect(found[0]).toEqual({ host: '203.0.113.5', port: 9101 });
  });

  test('first those for which the last race had no time', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((host) => ({ host, port: 1 })) as [KnownAddress, KnownAddress, KnownAddress];
    expect(untriedFirst([a, b, c], [c, { host: 'gone', port: 1 }])).toEqual([c, a, b]);
  });
});

describe('of the own addresses', () => {
  test('those of containers and virtual machines are not told to others', () => {
    expect(outerInterfaces(interfaces).map(({ address }) => address)).toEqual(['192.168.1.7', '10.1.0.1']);
  });

  test('those are told that there are, if there is nothing better', () => {
    const { lo, docker0 } = interfaces;
    const all = { lo, docker0, ...network('eth0', 'fe80::1', 64) };
    expect(outerInterfaces(all).map(({ address }) => address)).toEqual(['172.17.0.1']);
  });
});

describe('of several troubles is told', () => {
  const refused = (code: string): ParleyError => new ParleyError('unavailable', undefined, { cause: { code } });
  const telling = (...failures: [host: string, error: Error][]): unknown =>
    mostTelling(
      troublesOf(
        failures.map(([host, error]) => ({ address: { host, port: 9101 }, error })),
        interfaces,
      ),
    );

  test('never a private address of another network, while there is anything else', () => {
    expect(telling(['192.168.65.2', refused('ECONNREFUSED')], ['203.0.113.5', refused('ETIMEDOUT')])).toEqual({
      code: 'ETIMEDOUT',
      address: { host: '203.0.113.5', port: 9101 },
    });
    expect(telling(['192.168.65.2', refused('ETIMEDOUT')])).toMatchObject({ elsewhere: true });
    // Our own container's network is theirs by chance.
    expect(
      telling(['172.17.0.1', new ParleyError('identity_mismatch')], ['192.168.1.20', refused('ETIMEDOUT')]),
    ).toEqual({ code: 'ETIMEDOUT', address: { host: '192.168.1.20', port: 9101 } });
  });

  test('what answers, rather than silence; and what this machine cannot reach at all last', () => {
    const all: [string, Error][] = [
      ['2a00:1::5', refused('ENETUNREACH')],
      ['203.0.113.5', refused('ETIMEDOUT')],
      ['192.168.1.20', refused('ECONNREFUSED')],
    ];
    expect(telling(...all)).toMatchObject({ code: 'ECONNREFUSED' });
    expect(telling(...all.slice(0, 2))).toMatchObject({ code: 'ETIMEDOUT' });
    expect(telling(...all.slice(0, 1))).toMatchObject({ code: 'ENETUNREACH' });
    expect(telling(...all, ['203.0.113.6', new ParleyError('certificate_unknown')])).toMatchObject({
      code: 'certificate_unknown',
    });
    expect(telling(...all, ['203.0.113.6', new ParleyError('version_mismatch')])).toMatchObject({
      code: 'version_mismatch',
    });
  });

  test('a TLS error is told as what it is: no peer', () => {
    expect(telling(['203.0.113.5', refused('ERR_SSL_WRONG_VERSION_NUMBER')])).toMatchObject({ code: 'not_a_peer' });
  });
});
