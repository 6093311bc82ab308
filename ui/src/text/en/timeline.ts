export const timeline = {
  'timeline.link': 'Message',
  'timeline.link_opening': 'Looking for the message…',
  'timeline.link_failed': 'This message cannot be shown',
  'timeline.link_unknown':
    'It is not on this device yet. Leave Parley open until it has caught up with the others, then open the link again. Links to private conversations open only for those who are in them.',
  'timeline.link_left': 'It stands in {{place}}, where you are not a member. Join there, then open the link again.',
  'timeline.link_back': 'Go back',
  'timeline.not_here': 'That message is not on this device yet. Try again when the others are connected.',
  'timeline.shown': 'Message of {{username}}, {{time}}',

  'timeline.loading_newer': 'Loading newer messages…',
  'timeline.failed_newer': 'The newer messages could not be loaded.',

  'timeline.unread_one': '{{count}} new message',
  'timeline.unread_other': '{{count}} new messages',
  'timeline.unread_since_one': '{{count}} new message since {{time}}',
  'timeline.unread_since_other': '{{count}} new messages since {{time}}',
  'timeline.unread_go': 'Go to the first new message',
  'timeline.unread_read': 'Mark as read',

  'timeline.joined_one': '{{names}} joined',
  'timeline.joined_other': '{{names}} joined',
  'timeline.left_one': '{{names}} left',
  'timeline.left_other': '{{names}} left',
  'timeline.names_comma': '{{first}}, {{second}}',
  'timeline.names_more_one': '{{names}} and {{count}} other',
  'timeline.names_more_other': '{{names}} and {{count}} others',
  'timeline.expand': 'Show all',
  'timeline.collapse': 'Show less',

  'timeline.pinned': '{{username}} pinned a message',
  'timeline.unpinned': '{{username}} unpinned a message',
  'timeline.pinned_show': 'Show it',

  'timeline.heard_many': '{{count}} new messages, the last from {{username}}',
} as const;
