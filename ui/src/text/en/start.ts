/** Setting up, inviting others, the first look around, and places where nothing is yet. */
export const start = {
  'start.step': 'Step {{step}} of {{steps}}',
  'start.stranger_title': 'Open the link from the terminal',
  'start.stranger':
    'Parley is not set up on this computer yet. For your safety only one browser may do that: the one that opens the link which was printed in the terminal.',
  'start.stranger_again': 'Is the link used up? Stop Parley with Ctrl-C and start it again: it prints a new one.',

  'start.tracker_title': 'Join your team',
  'start.tracker_about': 'Paste the invite that somebody sent you, or type the address of your team’s tracker.',
  'start.address': 'Invite link or tracker address',
  'start.address_hint': 'For example http://192.168.1.5:8001',
  'start.address_empty': 'Paste the invite, or type the address, first.',
  'start.check': 'Continue',
  'start.checking': 'Looking for the tracker…',
  'start.none_title': 'Setting up a new team?',
  'start.none':
    'The tracker tells who is who, and never sees a message. One person runs it, on a machine that the others reach, with this line in a terminal:',
  'start.none_then': 'Then type the address of that machine above. On the same machine that is http://127.0.0.1:8001.',

  'start.account_title': 'Choose your name',
  'start.signin_title': 'Sign in',
  'start.found': 'Tracker: {{tracker}}',
  'start.found_invited': 'It is the one that you were invited to: its key is that of the invite.',
  'start.found_first': 'Its key is remembered from now on; if it ever changes, you are warned.',
  'start.found_local': 'Only people on this computer can use this tracker.',
  'start.change': 'Change',
  'start.username': 'User name',
  'start.username_hint': '1 to 32 letters, digits, “_” or “-”. Others see it; you cannot change it later.',
  'start.username_bad': 'A name has 1 to 32 letters, digits, “_” or “-”. Leave out the rest.',
  'start.submit': 'Create the account',
  'start.submit_signin': 'Sign in',
  'start.busy': 'Setting up…',
  'start.to_signin': 'Already have an account? Sign in',
  'start.to_register': 'New here? Create an account',
  'start.opening': 'Done. Opening your chat…',
  'start.opening_hint': 'Next time, parley peer is all you type.',

  'start.entry_code': 'Invite code',
  'start.entry_code_hint': 'As 7K2M-9QXT-4RDW-B3HV, or the whole invite link.',
  'start.entry_code_elsewhere': 'That link leads to another tracker. Go back with “Change”, and paste it there.',
  'start.entry_code_missing': 'That link has no code in it. Ask an admin of your team for a link with a code.',
  'start.error_code_alone':
    'That is only the code of an invite. Paste the whole invite link here; or type the address of the tracker, and the code once it is asked for.',
  'start.error_invite_needed':
    'New accounts need an invite here. Enter the code of one, or go back and paste the whole invite link. An admin of your team makes invites.',
  'start.error_invite_over':
    'That code opens nothing: it is mistyped, used up, over or revoked. Check it, or ask for a new invite.',
  'start.error_unreachable':
    'No Parley tracker answers there. Check the address, and that the tracker runs and is open to this network.',
  'start.error_key':
    'This is not the tracker that you were invited to: its key is another one. Ask for a new invite, and go on with no other.',
  'start.error_address':
    'That is no invite and no address of a tracker. Copy all of the invite, up to its last character.',
  'start.error_taken': 'This account exists already. If it is yours, sign in; if not, choose another name.',
  'start.mine': 'It is mine: sign in',
  'start.error_confusable':
    'That name looks too much like one that somebody has here. Choose one that nobody can mistake for it.',
  'start.error_credentials': 'That name and password do not match. Try again, or create an account.',
  'start.error_limited': 'Too many attempts. Wait a minute, then try again.',
  'start.error_link':
    'This browser may not set up Parley any more. Start Parley again, and open the link that it prints.',
  'start.detail': 'In detail: {{text}}',

  'start.invite': 'Invite people',
  'start.invite_title': 'Invite people',
  'start.invite_making': 'Making the invite…',
  'start.invite_retry': 'Try again',
  'start.invite_about':
    'Send this link to those who are to come along. It leads to the tracker, and lets their Parley recognise it. It holds no secret.',
  'start.invite_needs_code':
    'New accounts need a code here, which you can put into the link, as you administer the tracker. Who has an account already needs none.',
  'start.invite_for_whom': 'For',
  'start.invite_uses_one': '{{count}} person',
  'start.invite_uses_other': '{{count}} people',
  'start.invite_how_long': 'Within',
  'start.invite_days_one': '{{count}} day',
  'start.invite_days_other': '{{count}} days',
  'start.invite_make_code': 'Make a link with a code',
  'start.invite_with_code_one':
    'Send this link to the one who is to come along, and to nobody else: until {{date}} whoever has it can make {{count}} account. You find it again under Administration, at the address of the tracker.',
  'start.invite_with_code_other':
    'Send this link to those who are to come along, and to nobody else: until {{date}} whoever has it can make an account, {{count}} in all. You find it again under Administration, at the address of the tracker.',
  'start.invite_ask_admin':
    'New accounts need a code here, which only admins of your team can make. Ask one of them for a link if those you invite have no account yet.',
  'start.invite_approval':
    'An admin of your team lets each new account in. Who is new makes one with this link, and waits for that.',
  'start.invite_closed':
    'No new accounts are made here at the moment. Ask an admin of your team if somebody is to get one.',
  'start.invite_link': 'Link',
  'start.invite_command': 'Or as a line for the terminal',
  'start.invite_copy': 'Copy',
  'start.invite_copied': 'Copied',
  'start.invite_code': 'The invite as a QR code',
  'start.invite_code_hint': 'To be scanned from a phone or another screen.',
  'start.invite_local_title': 'Only people on this computer can use this link',
  'start.invite_local': 'Your tracker listens to this computer alone. To let others in, stop it and start it so:',
  'start.invite_local_address':
    'The others then reach it at {{addresses}}. Open this panel again for a link that works for them.',
  'start.invite_local_peer': 'Start your own Parley again as well, with {{flag}}, so that their messages reach it.',

  'start.welcome_title': 'Welcome, {{username}}',
  'start.welcome_general': '#general is where everyone is: say hello there.',
  'start.welcome_find': '{{keys}} finds people, channels and messages.',
  'start.welcome_done': 'Got it',
  'start.welcome_label': 'Welcome',

  'start.empty_general': 'Everyone in your team reads #general. Say hello.',
  'start.empty_broadcast':
    'What is written here shows at once over whatever the others are reading. Keep it for what everyone has to know.',
  'start.empty_channel':
    'Write the first message below. Others find #{{name}} under “Browse channels”, and join it there.',
  'start.empty_direct': 'Only the two of you can read it. Write the first message below.',
  'start.empty_direct_away':
    'Only the two of you can read it. {{username}} is not here now: what you write is delivered as soon as you are both online, or waits sealed.',
  'start.empty_direct_compare': 'To be sure that nobody is intercepting your messages, compare the safety number.',
  'start.empty_notes': 'Only you can read what you write to yourself. Use it for notes and links.',
  'start.choose_hint': 'Choose a channel or a person on the left, or press {{keys}} to find one.',
} as const;
