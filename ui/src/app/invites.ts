/** Inviting others. */
import type { InviteView } from '../../../protocol/local-api.js';
import type { App } from './context.js';
import { failureText } from './failures.js';
import type { Outcome } from './outcomes.js';

/** Shows the panel over any view. */
export function openInvite({ inviteShown }: App): void {
  inviteShown.set(true);
}

export async function makeInvite(app: App): Promise<Outcome<InviteView>> {
  try {
    return { value: (await app.commands.run('invite.make', {})).invite };
  } catch (error) {
    return { problem: failureText(app.t, error) };
  }
}
