/** People as a program is told of them: all that the window knows of somebody, but what only the window can use. */
import 'reflect-metadata'; // Needed by @peculiar/x509, before it.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PersonView } from '../../../protocol/local-api.js';
import { UserSchema } from './generated/parley_pb.js';
import { TestGrpcPort } from './test-grpc-port.js';

/** The address of a picture on the daemon; a list of its own; and details of the link for those who mend one. */
const LEFT_OUT: readonly string[] = ['picture', 'blocked', 'pathWhy'];

let at: TestGrpcPort;
beforeEach(async () => {
  at = new TestGrpcPort();
  await at.open();
});
afterEach(() => at.close());

test('every field of a person is one of a user', () => {
  const fields = Object.keys(PersonView.properties).filter((name) => !LEFT_OUT.includes(name));
  expect(UserSchema.fields.map(({ jsonName }) => jsonName).toSorted()).toEqual(fields.toSorted());
});

test('whose account is disabled, who is a program or a guest is told of as that', async () => {
  at.peer.person({ username: 'Bob', presence: 'offline', link: 'none', reason: 'Disabled.', disabled: true });
  at.peer.person({ username: 'Robo', presence: 'online', link: 'linked', path: 'relayed', bot: true, guest: true });
  const { users } = await at.client().call('ListUsers');
  expect(users).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ username: 'Bob', presence: 'offline', disabled: true, reason: 'Disabled.' }),
      expect.objectContaining({ username: 'Robo', bot: true, guest: true, path: 'relayed' }),
    ]),
  );
});
