/** Being told of messages: rules of a conversation, the browser's permission, what is shown and heard. */
export const notifications = {
  'notifications.title': 'Notifications',
  'notifications.menu': 'Notifications of {{place}}',
  'notifications.menu_all': 'All messages',
  'notifications.menu_all_hint': 'You are notified of every message.',
  'notifications.menu_mentions': 'Only mentions',
  'notifications.menu_mentions_hint': 'You are notified when somebody writes @{{username}}.',
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
