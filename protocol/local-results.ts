/** Browser ↔ peer (SPEC.md section 8): what the daemon answers to commands (`local-commands.ts`). */
import type { DoctorReport } from './doctor.js';
import type { FileUsage, FileView } from './local-file-views.js';
import type { HookCreated, HookView } from './local-hooks.js';
import type { InviteView } from './local-invite.js';
import type { ProfileView } from './local-profile.js';
import type { ChannelView, DeviceView, EntryView, PersonView, PreferencesView, SafetyDevice } from './local-views.js';

/** What each command answers besides `ok`. */
export interface CommandResults {
  'message.post': { entry: EntryView };
  'message.edit': { entry: EntryView };
  'message.delete': { entry: EntryView };
  'message.react': { entry: EntryView };
  'message.pin': { entry: EntryView };
  /** `place`: where the entry `before` stands now; the page ends there. */
  'history.page': { entries: EntryView[]; more: boolean; newer: boolean; place?: string };
  'history.entry': { entry: EntryView };
  /** `terms`: to be marked; `problems`: filters that mean nothing, in words; `behind`: the index is, so that there may be more. */
  search: { entries: EntryView[]; terms: string[]; more: boolean; problems: string[]; behind?: boolean };
  'file.post': { entry: EntryView };
  'file.fetch': object;
  'file.pause': object;
  'file.cancel': object;
  'file.list': { files: FileView[]; more: boolean };
  'file.usage': FileUsage;
  'file.clean': { freed: number };
  'file.pin': object;
  'conversation.read': object;
  'conversation.unread': object;
  'conversation.pins': { entries: EntryView[] };
  'conversation.members': { members: string[] };
  'conversation.settings': object;
  'conversation.typing': object;
  'conversation.open': { conversation: string };
  'channel.join': { conversation: string };
  'channel.leave': object;
  'channel.topic': object;
  'channel.list': { channels: ChannelView[] };
  'people.list': { people: PersonView[]; blocked: string[] };
  /** `checked`: the tracker was asked; else these are those who are known here. */
  'people.find': { people: PersonView[]; more: boolean; checked: boolean };
  'people.profile': { profile: ProfileView };
  'people.settings': object;
  'profile.set': { profile: ProfileView };
  'preferences.set': { preferences: PreferencesView };
  'presence.active': object;
  'invite.make': { invite: InviteView };
  'peer.connect': object;
  'tracker.login': object;
  'account.password': object;
  'account.sign_out': object;
  'doctor.run': DoctorReport;
  'tracker.accept': object;
  'hook.list': { hooks: HookView[] };
  'hook.create': HookCreated;
  'hook.revoke': object;
  'notice.dismiss': object;
  'trust.safety_number': { number: string; devices: SafetyDevice[] };
  'trust.verify': object;
  'devices.list': { devices: DeviceView[] };
  'devices.revoke': object;
  'devices.rename': object;
}

export type CommandResult =
  | ({ type: 'result'; id: number; ok: true } & Record<string, unknown>)
  | { type: 'result'; id: number; ok: false; code: string; message: string };
