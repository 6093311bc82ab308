/** The user's own account: signing in, devices, profile, preferences, and what this daemon has to tell. */
import { deviceArgument } from './arguments.js';
import type { CommandsOf } from './command.js';

export const accountCommands: CommandsOf<
  'tracker' | 'account' | 'doctor' | 'devices' | 'profile' | 'preferences' | 'presence' | 'notice'
> = {
  /** @throws invalid_credentials, account_unknown, name_taken, tracker_unreachable, rate_limited */
  'tracker.login': async ({ account }, { password, register = false }) => {
    await account.login(password, register);
    return {};
  },

  /** @throws certificate_unknown, and as `tracker.login` */
  'tracker.accept': async ({ account }, { ca, password, register = false }) => {
    await account.accept(ca, password, register);
    return {};
  },

  /** @throws invalid_credentials, bad_password, rate_limited, not_signed_in, password_unsure */
  'account.password': async ({ account }, { old, new: next, devices }) => {
    await account.changePassword(old, next, devices);
    return {};
  },

  /** @throws not_signed_in, tracker_unreachable */
  'account.sign_out': async ({ account }) => {
    await account.signOutEverywhere();
    return {};
  },

  'doctor.run': async ({ reach }, { user }) => reach.examine(user),

  'devices.list': async ({ trust }) => ({ devices: await trust.devices() }),

  /** @throws bad_request, not_found, forbidden, not_signed_in, tracker_unreachable */
  'devices.revoke': async ({ trust }, { device }) => {
    await trust.revoke(deviceArgument('device', device));
    return {};
  },

  /** @throws bad_request, not_found, not_signed_in, tracker_unreachable */
  'devices.rename': async ({ trust }, { device, name }) => {
    await trust.rename(deviceArgument('device', device), name);
    return {};
  },

  /** @throws bad_request, and what the writer refuses with */
  'profile.set': async ({ profiles }, change) => ({ profile: await profiles.set(change) }),

  /** @throws bad_request */
  'preferences.set': async ({ preferences }, change) => ({ preferences: preferences.set(change) }),

  'presence.active': async ({ preferences }, { active }) => {
    preferences.active(active);
    return {};
  },

  'notice.dismiss': async ({ notices }, { notice }) => {
    notices.dismiss(notice);
    return {};
  },
};
