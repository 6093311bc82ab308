/** What a stranger in the home's network, or the router itself, can answer: nothing of it ends this process, lasts, or is believed without cause. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { askForMapping } from './ask.js';
import { description, found, home, soap, TestRouter } from './test-router.js';
import type { Outcome } from './types.js';

const lasting = 60_000;
const patient = { limitMs: 20_000 };
const outside = Buffer.from([0, 128, 0, 0, 0, 0, 0, 1, 203, 0, 113, 7]);
/** Inner 9101, outer 9101, 7200 s. */
const mapped = Buffer.from([0, 130, 0, 0, 0, 0, 0, 1, 0x23, 0x8d, 0x23, 0x8d, 0, 0, 0x1c, 0x20]);
let router: TestRouter;
beforeEach(() => void (router = new TestRouter()));
afterEach(() => router.close());

/** @param limitMs shorter than in life where nothing is expected to come of it */
function ask({ signal = new AbortController().signal, limitMs = 600 } = {}): Promise<Outcome> {
  const { group, natPmpPort } = router;
  return askForMapping(
    { inner: 9101, outer: 9101, lifetimeMs: 7_200_000 },
    { home, signal, random: () => 0.5, natPmpPort, group, limitMs },
  );
}

test(
  'packets of NAT-PMP that are short, long, of another kind, or about another port',
  async () => {
    const nonsense = [
      ...[Buffer.alloc(0), Buffer.from([0]), Buffer.from([0, 130]), Buffer.from([0, 130, 0]), Buffer.alloc(65_000)],
      ...[outside.subarray(0, 11), mapped.subarray(0, 15), Buffer.from([2, 130, 0, 0]), Buffer.from([0, 129, 0, 0])],
    ];
    const other = Buffer.from(mapped).fill(9, 8, 10);
    await router.natPmp(() => [...nonsense, other]);
    expect(await ask()).toEqual({ state: 'unanswered' });
    await router.natPmp(() => [...nonsense, other, outside, mapped, mapped]);
    expect(await ask(patient)).toMatchObject({ state: 'mapped', granted: { host: '203.0.113.7', port: 9101 } });
  },
  lasting,
);

test('a mapping for no time, to port 0, or for a hundred years', async () => {
  await router.natPmp(() => [outside, Buffer.from(mapped).fill(0, 12, 16)]);
  expect(await ask()).toEqual({ state: 'refused', host: '203.0.113.7' });
  await router.natPmp(() => [outside, Buffer.from(mapped).fill(0, 10, 12)]);
  expect(await ask()).toMatchObject({ state: 'refused' });
  await router.natPmp(() => [outside, Buffer.from(mapped).fill(255, 12, 16)]);
  expect(await ask(patient)).toMatchObject({ state: 'mapped', granted: { lifetimeMs: 24 * 3600_000 } });
}, 20_000);

test('a flood of answers is read once', async () => {
  await router.natPmp(() => Array.from({ length: 2_000 }, () => Buffer.alloc(1_000, 7)).concat([outside, mapped]));
  expect(await ask()).toMatchObject({ state: expect.stringMatching(/mapped|unanswered|refused/) });
});

test(
  'a search is answered by another host, or with an address that is not at the router, or with nonsense',
  async () => {
    let asked = 0;
    const elsewhere = await router.http((_request, response) => {
      asked += 1;
      response.end(description());
    }, '127.0.0.2');
    const here = await router.http((_request, response) => {
      asked += 1;
      response.end(description());
    });
    // From another address, though it names the router.
    await router.ssdp(() => [found(`${here}/rootDesc.xml`)], '127.0.0.2');
    expect(await ask()).toEqual({ state: 'unanswered' });
    const { port } = new URL(here);
    const wrong = [
      ...[`${elsewhere}/x`, `https://127.0.0.1:${port}/x`, `http://a:b@127.0.0.1:${port}/x`, 'file:///etc/passwd'],
      ...[`http://localhost:${port}/x`, `http://[::ffff:127.0.0.1]:${port}/x`, '', 'x', `${here}/${'x'.repeat(600)}`],
    ];
    const good = found(`${here}/x`);
    const odd = [
      ...wrong.map((location) => found(location)),
      ...['', '\r\n', 'HTTP/1.1 200 OK', good.replace('200', '404'), good.replace('InternetGateway', 'MediaServer')],
      ...[good + 'x'.repeat(3_000), Buffer.alloc(60_000, 0x41), good.replaceAll('\r\n', '\n')],
    ];
    await router.ssdp(() => odd);
    expect(await ask()).toEqual({ state: 'unanswered' });
    expect(asked).toBe(0);
  },
  lasting,
);

test(
  'a description that leads elsewhere, is endless, slow, broken, or is none',
  async () => {
    let stolen = 0;
    const ends: (() => void)[] = [];
    const thief = await router.http((_request, response) => {
      stolen += 1;
      response.end(soap('<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>'));
    }, '127.0.0.2');
    const service = (url: string): string =>
      `<serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType><controlURL>${url}</controlURL>`;
    const answers: readonly ((end: (body: string) => void, write: (body: string) => boolean) => void)[] = [
      (end) => end(description(service(`${thief}/ctl`))),
      (end) => end(description(service(`//127.0.0.2:${new URL(thief).port}/ctl`))),
      (end) => end(`<URLBase>${thief}/</URLBase>`),
      (end) => end(`<!DOCTYPE x [<!ENTITY a "${thief}">]>${description(service('&a;'))}`),
      (end) => end('<service'.repeat(8_000)),
      (end) => end('<a:'.repeat(20_000)),
      (end) => end(''),
      (_end, write) => void write(description()),
      (_end, write) => {
        const timer = setInterval(() => write('x'.repeat(65_536)), 1).unref();
        ends.push(() => clearInterval(timer));
      },
    ];
    for (const answer of answers) {
      const base = await router.http((_request, response) => {
        answer(
          (body) => void response.end(body),
          (body) => response.write(body),
        );
      });
      await router.ssdp(() => [found(`${base}/rootDesc.xml`)]);
      // Where a control address stands at the router it is asked, and what it says is no answer to that.
      expect(['unanswered', 'refused']).toContain((await ask()).state);
    }
    for (const end of ends) end();
    expect(stolen).toBe(0);
  },
  lasting,
);

test('a redirect, a change of protocol, or a connection that just ends', async () => {
  let followed = 0;
  const target = await router.http((_request, response) => {
    followed += 1;
    response.end(description());
  });
  for (const odd of ['redirect', 'upgrade', 'hang up', 'noise'] as const) {
    const base = await router.http((request, response) => {
      if (odd === 'redirect') response.writeHead(302, { location: target }).end();
      else if (odd === 'upgrade') request.socket.end('HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
      else if (odd === 'noise') request.socket.end(`${'x'.repeat(100_000)}\r\n\r\n`);
      else request.socket.resetAndDestroy();
    });
    await router.ssdp(() => [found(`${base}/rootDesc.xml`)]);
    expect([odd, (await ask()).state]).toEqual([odd, 'unanswered']);
  }
  expect(followed).toBe(0);
}, 30_000);

test('an answer to a call that is no address: none is believed', async () => {
  for (const said of ['', 'x'.repeat(900), '203.0.113.7 ', '<a>203.0.113.7</a>', '999.1.1.1', '::1', 'evil.example']) {
    await router.upnp((action) =>
      action === 'GetExternalIPAddress' ? `<NewExternalIPAddress>${said}</NewExternalIPAddress>` : '',
    );
    const outcome = await ask(patient);
    const host = outcome.state === 'mapped' ? outcome.granted.host : 'not mapped';
    expect([said, host]).toEqual([said, said.trim() === '203.0.113.7' ? '203.0.113.7' : undefined]);
    await router.close();
    router = new TestRouter();
  }
}, 60_000);

test('whoever stops does not wait for a router that says nothing', async () => {
  await router.natPmp(() => []);
  const base = await router.http(() => undefined);
  await router.ssdp(() => [found(`${base}/rootDesc.xml`)]);
  const stop = new AbortController();
  const asked = ask({ signal: stop.signal, limitMs: lasting });
  setImmediate(() => stop.abort());
  expect(await asked).toMatchObject({ state: 'unanswered' });
  expect(await ask({ signal: AbortSignal.abort() })).toEqual({ state: 'unanswered' });
});
