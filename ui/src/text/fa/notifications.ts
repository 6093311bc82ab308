/** Being told of messages: rules of a conversation, the browser's permission, what is shown and heard. */
export const notifications = {
  'notifications.title': 'اعلان‌ها',
  'notifications.menu': 'اعلان‌ها: {{rule}}',
  'notifications.rules': 'از چه باخبر می‌شوید',
  'notifications.channels': 'در کانال‌ها',
  'notifications.exceptions': 'یک کانال می‌تواند جدا باشد: زنگ بالای آن را بزنید.',
  'notifications.calls': '@here و @all مرا باخبر کنند',
  'notifications.calls_hint': 'کسی همهٔ کانال را صدا می‌زند، یا آنان را که هستند.',
  'notifications.words': 'واژه‌هایی که مرا باخبر می‌کنند',
  'notifications.words_hint': 'با ویرگول میان آن‌ها: انتشار، پروژهٔ من. مانند نام بردن از شما به شمار می‌آیند.',
  'notifications.words_many': 'حداکثر {{max}} واژه. چندتا را بردارید.',
  'notifications.word_long': 'هر واژه حداکثر {{max}} نویسه دارد. کوتاهش کنید.',
  'notifications.quiet': 'ساعت‌های سکوت',
  'notifications.quiet_hint': 'در این ساعت‌ها چیزی باخبرتان نمی‌کند. پیام‌ها مانند همیشه می‌آیند.',
  'notifications.quiet_zone': 'در این ساعت‌ها، به وقت {{zone}}، چیزی باخبرتان نمی‌کند. پیام‌ها مانند همیشه می‌آیند.',
  'notifications.quiet_from': 'از',
  'notifications.quiet_to': 'تا',
  'notifications.quiet_days': 'روزهایی که آغاز می‌شوند',
  'notifications.menu_default': 'مانند همهٔ کانال‌ها',
  'notifications.menu_default_hint': 'قاعده‌ای که در تنظیمات، زیر اعلان‌ها است.',
  'notifications.menu_all': 'همهٔ پیام‌ها',
  'notifications.menu_all_hint': 'از هر پیامی باخبر می‌شوید.',
  'notifications.menu_mentions': 'فقط وقتی از شما نام می‌برند',
  'notifications.menu_mentions_hint': 'از @{{username}}، @here، @all و واژه‌های خود باخبر می‌شوید.',
  'notifications.menu_none': 'هیچ‌چیز',
  'notifications.menu_none_hint': 'بی‌صدا: نه اعلانی هست و نه در عنوان شمرده می‌شود.',

  'notifications.ask': 'می‌خواهید وقتی سرگرم کار دیگری هستید از پیام‌های تازه باخبر شوید؟',
  'notifications.ask_do': 'باخبرم کن',
  'notifications.ask_not': 'فعلاً نه',

  'notifications.wanted': 'نمایش اعلان‌ها در این مرورگر',
  'notifications.wanted_hint': 'وقتی این پنجره دیده نمی‌شود یا گفتگوی دیگری را نشان می‌دهد.',
  'notifications.permission_default': 'مرورگر یک بار از شما می‌پرسد. «اجازه دادن» را انتخاب کنید.',
  'notifications.permission_denied':
    'مرورگر جلوی اعلان‌های Parley را گرفته است. برای اجازه دادن، نماد کنار نشانی را بزنید، «اعلان‌ها» را روی «اجازه دادن» بگذارید و سپس این صفحه را دوباره بار کنید.',
  'notifications.permission_unsupported':
    'این مرورگر برای این نشانی اعلانی نشان نمی‌دهد. Parley را روی همان رایانه‌ای که اجرا می‌شود با http://localhost باز کنید.',
  'notifications.sound': 'پخش صدایی کوتاه همراه آن‌ها',
  'notifications.test': 'نمایش یک اعلان آزمایشی',
  'notifications.test_text': 'پیام تازه این‌گونه نشان داده می‌شود.',
  'notifications.rules_hint':
    'هر گفتگو قاعدهٔ خودش را دارد: زنگوله را در بالای آن بزنید. وقتی مشغول هستید یا آرامش خواسته‌اید، چیزی نشان داده نمی‌شود.',

  'notifications.in_channel': '{{username}} در #{{channel}}',
  'notifications.several': '{{title}} ({{count}})',
  'notifications.reload': 'بار کردن دوباره',
} as const;
