/** Every command by its name on the wire, with its schema compiled. */
import { Compile } from 'typebox/compile';
import { commandSchemas, type CommandName } from '../../protocol/local-api.js';
import { channelJoin } from './channel-join.js';
import { channelLeave } from './channel-leave.js';
import { channelList } from './channel-list.js';
import { channelTopic } from './channel-topic.js';
import type { Command } from './command.js';
import { conversationMembers } from './conversation-members.js';
import { conversationOpen } from './conversation-open.js';
import { conversationPins } from './conversation-pins.js';
import { conversationRead } from './conversation-read.js';
import { conversationSettings } from './conversation-settings.js';
import { conversationTyping } from './conversation-typing.js';
import { conversationUnread } from './conversation-unread.js';
import { devicesList } from './devices-list.js';
import { devicesRevoke } from './devices-revoke.js';
import { historyEntry } from './history-entry.js';
import { historyPage } from './history-page.js';
import { inviteMake } from './invite-make.js';
import { messageDelete } from './message-delete.js';
import { messageEdit } from './message-edit.js';
import { messagePin } from './message-pin.js';
import { messagePost } from './message-post.js';
import { messageReact } from './message-react.js';
import { noticeDismiss } from './notice-dismiss.js';
import { peerConnect } from './peer-connect.js';
import { peopleFind } from './people-find.js';
import { peopleList } from './people-list.js';
import { peopleProfile } from './people-profile.js';
import { peopleSettings } from './people-settings.js';
import { preferencesSet } from './preferences-set.js';
import { presenceActive } from './presence-active.js';
import { profileSet } from './profile-set.js';
import { search } from './search.js';
import { trackerAccept, trackerLogin } from './tracker-login.js';
import { trustSafetyNumber } from './trust-safety-number.js';
import { trustVerify } from './trust-verify.js';

/** What is used of a compiled schema. */
interface CommandSchema {
  Check(value: unknown): boolean;
  Errors(value: unknown): { instancePath: string; message: string }[];
}

export interface CommandRow<Name extends CommandName> {
  readonly schema: CommandSchema;
  readonly run: Command<Name>;
}

export type CommandTable = { readonly [Name in CommandName]: CommandRow<Name> };

export const commandTable: CommandTable = {
  'message.post': { schema: Compile(commandSchemas['message.post']), run: messagePost },
  'message.edit': { schema: Compile(commandSchemas['message.edit']), run: messageEdit },
  'message.delete': { schema: Compile(commandSchemas['message.delete']), run: messageDelete },
  'message.react': { schema: Compile(commandSchemas['message.react']), run: messageReact },
  'message.pin': { schema: Compile(commandSchemas['message.pin']), run: messagePin },
  'history.entry': { schema: Compile(commandSchemas['history.entry']), run: historyEntry },
  search: { schema: Compile(commandSchemas.search), run: search },
  'conversation.unread': { schema: Compile(commandSchemas['conversation.unread']), run: conversationUnread },
  'conversation.pins': { schema: Compile(commandSchemas['conversation.pins']), run: conversationPins },
  'history.page': { schema: Compile(commandSchemas['history.page']), run: historyPage },
  'conversation.read': { schema: Compile(commandSchemas['conversation.read']), run: conversationRead },
  'conversation.open': { schema: Compile(commandSchemas['conversation.open']), run: conversationOpen },
  'channel.join': { schema: Compile(commandSchemas['channel.join']), run: channelJoin },
  'channel.leave': { schema: Compile(commandSchemas['channel.leave']), run: channelLeave },
  'channel.list': { schema: Compile(commandSchemas['channel.list']), run: channelList },
  'people.find': { schema: Compile(commandSchemas['people.find']), run: peopleFind },
  'people.list': { schema: Compile(commandSchemas['people.list']), run: peopleList },
  'peer.connect': { schema: Compile(commandSchemas['peer.connect']), run: peerConnect },
  'invite.make': { schema: Compile(commandSchemas['invite.make']), run: inviteMake },
  'tracker.login': { schema: Compile(commandSchemas['tracker.login']), run: trackerLogin },
  'tracker.accept': { schema: Compile(commandSchemas['tracker.accept']), run: trackerAccept },
  'notice.dismiss': { schema: Compile(commandSchemas['notice.dismiss']), run: noticeDismiss },
  'trust.safety_number': { schema: Compile(commandSchemas['trust.safety_number']), run: trustSafetyNumber },
  'trust.verify': { schema: Compile(commandSchemas['trust.verify']), run: trustVerify },
  'devices.list': { schema: Compile(commandSchemas['devices.list']), run: devicesList },
  'devices.revoke': { schema: Compile(commandSchemas['devices.revoke']), run: devicesRevoke },
  'people.profile': { schema: Compile(commandSchemas['people.profile']), run: peopleProfile },
  'people.settings': { schema: Compile(commandSchemas['people.settings']), run: peopleSettings },
  'profile.set': { schema: Compile(commandSchemas['profile.set']), run: profileSet },
  'preferences.set': { schema: Compile(commandSchemas['preferences.set']), run: preferencesSet },
  'presence.active': { schema: Compile(commandSchemas['presence.active']), run: presenceActive },
  'conversation.typing': { schema: Compile(commandSchemas['conversation.typing']), run: conversationTyping },
  'conversation.settings': { schema: Compile(commandSchemas['conversation.settings']), run: conversationSettings },
  'conversation.members': { schema: Compile(commandSchemas['conversation.members']), run: conversationMembers },
  'channel.topic': { schema: Compile(commandSchemas['channel.topic']), run: channelTopic },
};

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandTable, name);
}
