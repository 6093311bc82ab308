/** What the daemon says: in English it says it itself, and knows more; these stand in for it in other languages. */
export const daemonTexts = {
  'daemon.bad_request': 'That cannot be done like this. Check what you entered, then try again.',
  'daemon.bad_text': 'The text holds a NUL or half of a character, which cannot be kept. Take it out, then try again.',
  'daemon.bad_name': 'Names are 1 to 32 letters, digits, “_” or “-”. Choose another one.',
  'daemon.bad_channel': 'Channel names are 1 to 32 lower-case letters, digits, “_” or “-”. Choose another one.',
  'daemon.bad_password': 'A password has at least 8 characters, and at most 256 bytes. Choose another one.',
  'daemon.name_confusable':
    'That name looks too much like one that somebody has here. Choose one that nobody can mistake for it.',
  'daemon.channel_confusable':
    'That name looks too much like a channel that exists. Join that one, or choose a name that differs more.',
  'daemon.not_signed_in': 'Sign in first.',
  'daemon.session_elsewhere':
    'This session belongs to a tracker that does not answer now. Sign in again, or wait until that tracker is back.',
  'daemon.password_unsure':
    'The tracker has stopped answering, so the password may have been changed or not. Try again when it is back; if the old one is refused then, the new one counts.',
  'daemon.account_unknown':
    'The tracker does not take this password any more, though it once did. If its data was lost, create the account again here: this device and its history stay. If the password was changed elsewhere, use the new one.',
  'daemon.forbidden': 'You may not do that. Sign in as the one who may.',
  'daemon.permanent_channel': 'Everyone is in this channel; it cannot be left. Mute it instead.',
  'daemon.channel_archived':
    'This channel is archived: it can be read, and nothing new is written there. Ask an admin to take it from the archive.',
  'daemon.channel_deleted':
    'This channel was deleted by an admin. Your history of it stays on your devices; write somewhere else.',
  'daemon.not_member': 'You are not in this conversation. Join it first.',
  'daemon.not_found': 'There is nothing here by that name. Check the spelling.',
  'daemon.unknown_user': 'Nobody has that name here. Check the spelling.',
  'daemon.user_unchecked':
    'Nobody of that name is known here yet, and it cannot be checked while the tracker is away. Try again when it is back.',
  'daemon.device_taken': 'This device belongs to another account. Start Parley with another --data-dir.',
  'daemon.too_large': 'That is too large. Send something smaller.',
  'daemon.rate_limited': 'Too many attempts. Wait a moment, then try again.',
  'daemon.unavailable': 'Not available right now. Try again in a moment.',
  'daemon.tracker_unreachable': 'The tracker does not answer. Check its address, and that it is running.',
  'daemon.storage_full': 'The disk is full; nothing was saved. Make room, then send again.',
  'daemon.storage_damaged': 'The history on this disk is damaged. It is being mended; try again in a moment.',
  'daemon.storage_failed': 'The history could not be written. See the log of Parley on this computer.',
  'daemon.clock_wrong': 'The clock of this machine is wrong. Set it, then send again.',
  'daemon.tracker_clock_wrong':
    'The tracker’s clock is wrong, so that its certificate for this device does not cover today. Ask whoever runs the tracker to set its clock, then send again.',
  'daemon.clocks_differ':
    'This clock and the tracker’s differ, so that the certificate of this device does not cover today. See which of them is wrong and have it set, then send again.',
  'daemon.certificate_ended':
    'The certificate of this device has ended. The tracker renews it as soon as it is reached: see that it is, then send again.',
  'daemon.recovering': 'This device is fetching its own last messages back from others. Try again in a moment.',
  'daemon.internal': 'Something went wrong here. Try again; if it stays, see the log of Parley on this computer.',

  'daemon.link_offline':
    'Parley is not running on their computer, or cannot be reached. The link is made as soon as it is back.',
  'daemon.link_disabled':
    '{{username}}’s account was disabled by an admin. What you write waits until it is enabled again.',
  'daemon.link_none': 'No link is needed now: messages go by way of others, or the link is made when you write.',
  'daemon.link_connecting': 'The link is being made.',
  'daemon.path_silent':
    '{{address}} does not answer: a router or a firewall lets nobody in. It is enough if one of you opens the P2P port.',
  'daemon.path_elsewhere':
    '{{address}} is an address of another network: one of you has to let others in from outside, by opening the P2P port on the router.',
  'daemon.path_mute': '{{address}} does not finish the handshake: Parley may hang there. It is tried again.',
  'daemon.path_no_way': 'There is no way to {{address}} from this network. Check whether this computer is connected.',
  'daemon.path_refused': 'Nothing listens at {{address}}: their address may have changed. It is tried again.',
  'daemon.path_name_unknown': 'The host of {{address}} cannot be found: they should start Parley with another --host.',
  'daemon.path_another_device':
    'Somebody else answers at {{address}}: their address may have changed. It is tried again.',
  'daemon.path_not_a_peer':
    'What answers at {{address}} is not Parley: their address may have changed. It is tried again.',
  'daemon.path_loopback_only':
    'Parley on their computer lets in nobody from others: they should start it with --host 0.0.0.0.',
  'daemon.path_address_hidden': 'You hide your address, and no way over a relay was found yet. It is tried again.',
  'daemon.path_hides_address': 'They hide their address, and no way over a relay was found yet. It is tried again.',
  'daemon.path_relay_off':
    'One of you hides their address, and the tracker relays for nobody. Ask whoever runs it to turn its relay on, or show the address (Settings, Privacy).',
  'daemon.path_relay_full':
    'One of you hides their address, and the relay carries as much as it may. It is tried again. If that lasts, ask whoever runs the tracker.',
  'daemon.path_they_do_not_come':
    'One of you hides their address, and their peer does not come to the relay: it may hang or sleep. Ask them to wake it. It is tried again.',
  'daemon.path_broke': 'The link to {{address}} broke. It is made again.',
  'daemon.pending': 'Not delivered to everybody yet. It is as soon as they can be reached.',
  'daemon.account_disabled':
    'Your account was disabled by an admin of your team. Ask one of them to enable it again; Parley then goes on by itself. What is on this device stays.',
  'daemon.account_pending':
    'Your account waits for an admin of your team to approve it. Ask one of them; Parley then goes on by itself.',
  'daemon.signed_out': 'You have been signed out here. Sign in again to go on.',

  'daemon.ca_changed':
    'The tracker is not the one that this device knows: it vouches with another key. Nothing from it is believed. If whoever runs it has set it up anew, say so here.',
  'daemon.tracker_anew':
    'The tracker was set up anew, and this device has begun anew with it. What was written before stays here as it was. Anybody may have taken any name there: compare safety numbers with those who matter to you.',
  'daemon.tracker_anew_unheard':
    'What you wrote last had reached nobody else when this device began anew with its tracker, and may reach nobody now. Look through it, and send again what matters, once you know who is who.',
  'daemon.device_added':
    '{{username}} uses a new device. Ask them whether that is so, by voice or in person, and compare the safety number before you trust it.',
  'daemon.device_added_own':
    'Your account is used on another device. If that is not one of yours, revoke it and change your password.',
  'daemon.device_added_named':
    'Your account is used on another device, “{{device}}”. If that is not one of yours, revoke it and change your password.',
  'daemon.verification_reset':
    'You had compared the safety number with {{username}}; since then their devices have changed, and the number with them. Compare it again.',
  'daemon.device_revoked': '{{username}} has revoked a device. It is not believed any more; nothing to do.',
  'daemon.device_revoked_own':
    'A device of yours was revoked: others refuse it now. If that was not you, change your password.',
  'daemon.device_revoked_named':
    'A device of yours, “{{device}}”, was revoked: others refuse it now. If that was not you, change your password.',
  'daemon.device_revoked_here':
    'This device has been revoked: the others refuse it, and nothing that it writes reaches them. To go on here, start with a new --data-dir and sign in.',
  'daemon.history_mended':
    'The history on this disk was damaged and has been mended. What is missing comes back from the others.',
  'daemon.history_cut':
    'An earlier version let this device write something that others do not take. Your history is all here; the device goes on under a new key, so that others receive what you write.',
  'daemon.restored':
    'This profile was restored from a backup or copied, so it goes on here as a new device. What was written elsewhere comes back from the others; nothing written here is lost. If that was not you, see the devices of your account.',
  'daemon.copied':
    'A copy of this profile has been started in another place. It goes on there as a device of its own, and nothing is lost. If that was not you, see the devices of your account, and change your password.',
  'daemon.too_fast':
    '{{username}} writes more than is taken here at once. The rest comes later, and nobody else is held up. If you do not want to read it, mute or block {{username}}.',
  'daemon.ahead_of_rate':
    'You have written far more than others take at once. What is written is kept; wait, then go on.',
  'daemon.writing_ahead':
    'You write more than others take at once. Nothing is lost: it is kept here, and they take the rest later. If a program writes it, let it write less.',
  'daemon.disk_low':
    'This disk has little room left. What others write is fetched once there is more; what you write is kept as ever. Make room: it then goes on by itself.',
  'daemon.forked':
    'A device has sent two different messages in one place: it was probably restored from an old copy. The first message stands.',
  'daemon.clock_ahead': '{{span}} ahead',
  'daemon.clock_behind': '{{span}} behind',
  'daemon.clock_wrong_off':
    'The clock of this machine is {{off}}; the tracker’s and others agree on another time. Set yours right: until then what you write stands in the wrong place, and links may be refused.',
  'daemon.tracker_clock_wrong_off':
    'The tracker’s clock is {{off}}; yours agrees with those of others. Ask whoever runs the tracker to set it; what depends on it then mends by itself.',
  'daemon.clocks_differ_off':
    'The tracker’s clock is {{off}} when compared with yours, and nobody is linked who could say which of the two is wrong. Compare yours with another one, such as a phone’s. If yours is wrong, set it; if not, tell whoever runs the tracker.',
  'daemon.peer_clock_wrong_off':
    'The clock of {{username}} is {{off}}; others agree with yours. Tell {{username}} to set it: what they write may stand in the wrong place until then.',
  'daemon.peer_clock_differs_off':
    'The clock of {{username}} is {{off}} when compared with yours, and it cannot be told from here which of the two is wrong. Compare yours with another one, such as a phone’s, and set the one that is wrong.',
} as const satisfies Readonly<Record<string, string>>;
