/** Being told of messages: rules of a conversation, the browser's permission, what is shown and heard. */
export const notifications = {
  'notifications.title': 'Notifications',
  'notifications.menu': 'Notifications: {{rule}}',
  'notifications.rules': 'What you are notified of',
  'notifications.channels': 'In channels',
  'notifications.exceptions': 'A channel can differ: press the bell in its header.',
  'notifications.calls': '@here and @all notify me',
  'notifications.calls_hint': 'Somebody calls everybody in a channel, or those who are there.',
  'notifications.words': 'Words that notify me',
  'notifications.words_hint': 'With commas between them: release, my project. They count like a mention of you.',
  'notifications.words_many': 'At most {{max}} words. Take some out.',
  'notifications.word_long': 'A word has at most {{max}} characters. Shorten it.',
  'notifications.quiet': 'Quiet hours',
  'notifications.quiet_hint': 'Nothing notifies you in these hours. Messages come as ever.',
  'notifications.quiet_zone': 'Nothing notifies you in these hours, by the clock in {{zone}}. Messages come as ever.',
  'notifications.quiet_from': 'From',
  'notifications.quiet_to': 'to',
  'notifications.quiet_days': 'Days on which they begin',
  'notifications.menu_default': 'As for all channels',
  'notifications.menu_default_hint': 'The rule in Settings, under Notifications.',
  'notifications.menu_all': 'All messages',
  'notifications.menu_all_hint': 'You are notified of every message.',
  'notifications.menu_mentions': 'Only mentions',
  'notifications.menu_mentions_hint': 'You are notified of @{{username}}, @here, @all and your words.',
  'notifications.menu_none': 'Nothing',
  'notifications.menu_none_hint': 'Muted: no notifications, and not counted in the title.',

  'notifications.ask': 'Get notified of new messages while you do something else?',
  'notifications.ask_do': 'Get notified',
  'notifications.ask_not': 'Not now',

  'notifications.wanted': 'Show notifications on this browser',
  'notifications.wanted_hint': 'While this window is out of sight, or shows another conversation.',
  'notifications.permission_default': 'The browser will ask you once. Choose “Allow”.',
  'notifications.permission_denied':
    'The browser blocks notifications from Parley. To allow them, press the icon at the left of the address, set “Notifications” to “Allow”, then reload this page.',
  'notifications.permission_unsupported':
    'This browser shows no notifications for this address. Open Parley at http://localhost on the computer where it runs.',
  'notifications.sound': 'Play a short sound with them',
  'notifications.test': 'Show a test notification',
  'notifications.test_text': 'This is how a new message looks.',
  'notifications.rules_hint':
    'Each conversation has a rule of its own: press the bell in its header. Nothing is shown while you are busy or have asked for quiet.',

  'notifications.in_channel': '{{username}} in #{{channel}}',
  'notifications.several': '{{title}} ({{count}})',
  'notifications.reload': 'Reload',
} as const;
