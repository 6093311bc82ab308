/** How others reach this peer, and what the doctor finds, in English. */
import { doctorSteps, doctorTexts, type DoctorCheckName } from '../../../../protocol/doctor-texts.js';

type DoctorText = { readonly [Code in keyof typeof doctorTexts as `connection.doctor_${Code}`]: string };

type StepText = { readonly [Check in DoctorCheckName as `connection.step_${Check}`]: string };

// As the terminal says it.
const doctor = Object.fromEntries(
  Object.entries(doctorTexts).map(([code, text]) => [`connection.doctor_${code}`, text]),
) as DoctorText;
const steps = Object.fromEntries(
  Object.entries(doctorSteps).map(([check, text]) => [`connection.step_${check}`, text]),
) as StepText;

export const connection = {
  'connection.reach_label': 'How others reach you',
  'connection.reach_open': 'Directly: others can dial this computer.',
  'connection.reach_lan': 'Directly, from your own network.',
  'connection.reach_hard':
    'Through the tracker: your router uses a new port for everyone. Chat works; files are slower. Forward the port in your router to be reached directly.',
  'connection.reach_behind':
    'Through the tracker or a hole in your router: nobody is let in from outside. Chat works; files may be slower.',
  'connection.reach_hidden': 'Only through the tracker: you hide your address (settings, Privacy).',
  'connection.reach_unknown': 'Not known yet.',
  'connection.reach_seen_at': 'Seen from outside at',
  'connection.mapping_label': 'Your router',
  'connection.mapping_mapped': 'Lets others in ({{by}}), at',
  'connection.mapping_behind':
    'Would let others in, but another router stands before it, often your provider’s. The relay or IPv6 gets round it.',
  'connection.mapping_refused': 'Answers, but lets nobody in. Allow UPnP or NAT-PMP in its settings.',
  'connection.mapping_unanswered':
    'Does not say that it could let others in. Turn on UPnP or NAT-PMP in its settings, if it has them.',
  'connection.mapping_asking': 'Is being asked to let others in …',
  'connection.mapping_unneeded': 'Is not asked: it is not needed here.',
  'connection.mapping_off': 'Is not asked to let others in.',
  'connection.reach_direct_one': '{{count}} direct link',
  'connection.reach_direct_other': '{{count}} direct links',
  'connection.reach_relayed_one': '{{count}} through the tracker',
  'connection.reach_relayed_other': '{{count}} through the tracker',

  'connection.doctor_title': 'Check the connection',
  'connection.doctor_hint': 'Looks for what keeps you from others, and says what to do. It takes at most ten seconds.',
  'connection.doctor_start': 'Check the connection',
  'connection.doctor_running': 'Checking …',
  'connection.doctor_again': 'Check again',
  'connection.doctor_why': 'Why?',
  'connection.doctor_why_label': 'Check the connection to {{username}}',
  'connection.doctor_progress': 'How far the check is',
  'connection.doctor_failed': 'The check could not be made. Try again in a moment.',
  'connection.doctor_copy': 'Copy the report',
  'connection.doctor_copied': 'The report is copied. It holds no names, addresses or messages.',
  'connection.doctor_not_copied': 'The report could not be copied. Allow this page to use the clipboard.',
  'connection.doctor_fine': 'Everything works.',
  'connection.doctor_unsure': 'Nothing wrong was found, but not everything could be looked at.',
  ...doctor,
  ...steps,
};
