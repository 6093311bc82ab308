/** The user's devices, and what they bring to each other, in English. */
export const devices = {
  'devices.title': 'Your devices',
  'devices.hint':
    'Each computer that you signed in at is a device with a key of its own. Only you and the admins of your team see what they are called. Revoke what you lost or no longer use.',
  'devices.asking': 'Looking up your devices…',
  'devices.retry': 'Try again',
  'devices.this': 'This device',
  'devices.unnamed': 'Device without a name',
  'devices.since': 'since {{date}}',
  'devices.used': 'last used {{ago}}',
  'devices.used_now': 'in use',
  'devices.rename': 'Rename',
  'devices.rename_named': 'Rename the device {{device}}',
  'devices.rename_ask': 'Rename the device {{device}}',
  'devices.name': 'Name of the device',
  'devices.name_hint': 'As you tell it from your others: “Lena’s laptop”. People that you write to do not see it.',
  'devices.name_empty': 'Type a name that can be seen.',
  'devices.revoked': 'Revoked',
  'devices.revoked_on': 'on {{date}}',
  'devices.revoke': 'Revoke',
  'devices.revoke_named': 'Revoke the device {{device}}',
  'devices.revoke_ask': 'Revoke the device {{device}}?',
  'devices.follows_cut':
    'The others refuse it from now on: nothing that it writes reaches them, and it receives nothing new.',
  'devices.follows_old': 'What it wrote before stays, and so does what is stored on it.',
  'devices.follows_number': 'Your safety numbers change: whoever has verified you is told to compare again.',
  'devices.follows_ever': 'There is no way back.',
  'devices.follows_password': 'If it was lost or stolen, change your password as well.',
  'devices.revoke_not': 'Keep it',
  'devices.revoke_do': 'Revoke for good',

  'devices.history_label': 'Messages from your other device',
  'devices.history_coming': 'Getting your messages from {{device}}: {{held}} of {{total}}.',
  'devices.history_coming_unnamed': 'Getting your messages from your other device: {{held}} of {{total}}.',
  'devices.history_waiting': '{{held}} of {{total}} messages are here. The rest comes when {{device}} is online again.',
  'devices.history_waiting_unnamed':
    '{{held}} of {{total}} messages are here. The rest comes when your other device is online again.',
} as const satisfies Readonly<Record<string, string>>;
