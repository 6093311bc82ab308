/** How long messages are kept on this computer, in English. */
export const retention = {
  'retention.title': 'How long messages are kept here',
  'retention.label': 'Keep messages on this computer',
  'retention.label_here': 'Keep messages of this conversation on this computer',
  'retention.always': 'For ever',
  'retention.days_one': 'For {{count}} day',
  'retention.days_other': 'For {{count}} days',
  'retention.default': 'As the settings say ({{choice}})',
  'retention.hint':
    'What is older is removed from this computer, with its files. Others keep what they have, and so do your other devices. Pinned messages, files you keep, notes to yourself, and what others have not received yet stay.',
  'retention.ask_one': 'Remove messages older than {{count}} day from this computer?',
  'retention.ask_other': 'Remove messages older than {{count}} days from this computer?',
  'retention.ask_what':
    'It begins in a moment, and goes on every day. What was removed cannot be brought back: export your data first if you may need it.',
  'retention.ask_others':
    'Nothing is removed anywhere else. Whoever joins later gets these messages only from others who still have them.',
  'retention.confirm': 'Remove them',
  'retention.cancel': 'Cancel',
} as const;
