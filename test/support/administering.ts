/** What an admin does at a running tracker, over HTTP. */
import { expect } from '@jest/globals';

export type Act = (path: string, body?: object) => Promise<void>;

/**
 * Whoever came first of these users is the admin, and the others are not. `url`: of the tracker. What is returned posts to a path of
 * its administration, and expects that it is done.
 */
export async function adminOf(url: string, usernames: readonly string[], password: string): Promise<Act> {
  const call = (path: string, body?: object, token?: string): Promise<Response> =>
    fetch(url + path, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const sessions = await Promise.all(
    usernames.map(async (username) => {
      const answer = await call('/login', { username, password });
      return String(((await answer.json()) as { token: unknown }).token);
    }),
  );
  const asked = await Promise.all(sessions.map((token) => call('/admin/channels', undefined, token)));
  expect(asked.map(({ status }) => status).sort()).toEqual([200, ...usernames.slice(1).map(() => 403)]);
  const admin = sessions[asked.findIndex(({ status }) => status === 200)];
  return async (path, body = {}) => {
    expect((await call(`/admin/${path}`, body, admin)).status).toBe(200);
  };
}
