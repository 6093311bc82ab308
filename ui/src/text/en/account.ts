/** The account, in English. */
export const account = {
  'account.password': 'Change password',
  'account.password_hint': 'All other windows and programs are signed out. Messages and devices stay.',
  'account.old': 'Current password',
  'account.old_wrong': 'That is not your current password. Type it again.',
  'account.new': 'New password',
  'account.new_hint': 'At least 8 characters.',
  'account.again': 'New password again',
  'account.again_differs': 'The two new passwords differ. Type the same one twice.',
  'account.others': 'Sign out my other devices too',
  'account.change': 'Change password',
  'account.changed': 'Your password is changed.',
  'account.everywhere': 'Sign out everywhere',
  'account.everywhere_hint': 'For when somebody else may be signed in as you. Messages stay on your devices.',
  'account.everywhere_ask': 'Sign out everywhere?',
  'account.everywhere_follows':
    'Every device and browser, this one too, needs your password again. Make sure that you know it.',
  'account.everywhere_not': 'Stay signed in',
  'account.export': 'Export my data',
  'account.export_hint':
    'All your messages, as JSON Lines, and all files that are on this device, in a zip archive that needs no Parley to be read. It is not sealed: keep it where nobody else reads it.',
  'account.export_do': 'Download my data',
} as const satisfies Readonly<Record<string, string>>;
