import { expect, test } from '@jest/globals';
import { ownMember, parseMembers } from './members.js';

const three = parseMembers('127.0.0.1:9001,127.0.0.2:9001,127.0.0.3:9001');

test.each(['127.0.0.1', '127.0.0.2', '127.0.0.3'])(
  'a tracker at %s is the member of that address, whatever stands before it',
  async (host) => {
    expect(await ownMember(three, { host, port: 9001 })).toMatchObject({ host });
  },
);

test.each(['0.0.0.0', '::', 'nobody.invalid'])(
  'one at %s is the first member of this machine with its port',
  async (host) => {
    expect(await ownMember(three, { host, port: 9001 })).toMatchObject({ host: '127.0.0.1' });
    const ports = parseMembers('127.0.0.1:9001,127.0.0.1:9002,127.0.0.1:9003');
    expect(await ownMember(ports, { host, port: 9002 })).toMatchObject({ name: '127.0.0.1:9002' });
  },
);

test('a port that no member of this machine has is told', async () => {
  await expect(ownMember(three, { host: '127.0.0.2', port: 9002 })).rejects.toMatchObject({ name: 'StartError' });
  const others = parseMembers('203.0.113.1:9001,203.0.113.2:9001,203.0.113.3:9001');
  await expect(ownMember(others, { host: '127.0.0.1', port: 9001 })).rejects.toMatchObject({ name: 'StartError' });
});
