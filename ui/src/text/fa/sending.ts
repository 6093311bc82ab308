export const sending = {
  'sending.attach': 'افزودن پرونده',
  'sending.choose': 'انتخاب پرونده',
  'sending.camera': 'گرفتن عکس',
  'sending.tray': 'پرونده‌هایی که با پیام می‌روند',
  'sending.tray_count_one': '{{count}} پرونده بالای پیام منتظر است.',
  'sending.tray_count_other': '{{count}} پرونده بالای پیام منتظرند.',
  'sending.tray_empty': 'هیچ پرونده‌ای بالای پیام منتظر نیست.',
  'sending.remove': 'برداشتن {{name}}',
  'sending.earlier': 'جلو بردن {{name}}',
  'sending.later': 'عقب بردن {{name}}',
  'sending.moved': '{{name}} اکنون شمارهٔ {{place}} از {{count}} است.',
  'sending.reading': 'در حال خواندن',
  'sending.voice_file': 'پیام صوتی',
  'sending.personal': 'حذف دادهٔ مکان و دوربین از عکس‌ها و فیلم‌ها',
  'sending.personal_place': 'دست‌کم یکی از آن‌ها می‌گوید کجا گرفته شده است.',
  'sending.personal_unknown':
    'از برخی از این عکس‌ها و فیلم‌ها چیزی نمی‌توان حذف کرد: دادهٔ مکان و دوربینی را که شاید داشته باشند نگه می‌دارند.',
  'sending.damaged':
    '{{name}} آسیب دیده است، پس دادهٔ مکان و دوربین آن را نمی‌توان حذف کرد. آن را بردارید، یا همان‌طور که هست بفرستید.',
  'sending.damaged_send': 'همین‌طور بفرست',
  'sending.unreadable':
    'خوانده نمی‌شود: پس از انتخاب تغییر کرده، جابه‌جا یا پاک شده است. آن را بردارید و دوباره انتخاب کنید.',
  'sending.unreadable_named':
    '{{name}} خوانده نمی‌شود: پس از انتخاب تغییر کرده، جابه‌جا یا پاک شده است. آن را بردارید و دوباره انتخاب کنید.',
  'sending.too_large':
    '{{name}} از {{max}} بزرگ‌تر است و بیش از این فرستاده نمی‌شود. آن را تکه کنید، سپس تکه‌ها را بفرستید.',
  'sending.tray_full': 'با یک پیام حداکثر {{count}} پرونده می‌رود. نخست این‌ها را بفرستید، سپس بقیه را اضافه کنید.',
  'sending.folder': 'پوشه فرستاده نمی‌شود. {{name}} را فشرده کنید، سپس آن را بفرستید.',
  'sending.drop': 'پرونده‌ها را رها کنید تا به {{place}} فرستاده شوند',
  'sending.drop_hint': 'تا وقتی پیام را بفرستید بالای آن منتظر می‌مانند. پوشه فرستاده نمی‌شود.',
  'sending.drop_nowhere': 'نخست گفت‌وگویی را باز کنید، سپس پرونده‌ها را آنجا بیفزایید.',

  'sending.list': 'پرونده‌های در حال ارسال',
  'sending.started_one': '{{count}} پرونده در حال ارسال است.',
  'sending.started_other': '{{count}} پرونده در حال ارسال‌اند.',
  'sending.name': 'ارسال {{name}}',
  'sending.queued': 'منتظر نوبت',
  'sending.saving': 'در حال ذخیره',
  'sending.keep_open': 'این پنجره را باز نگه دارید تا Parley همهٔ پرونده را بگیرد. پس از آن بدون پنجره فرستاده می‌شود.',
  'sending.lost_choose': 'انتخاب دوباره',
  'sending.lost_choose_named': 'برای ادامه، {{name}} را دوباره انتخاب کنید',
  'sending.lost_choose_why':
    'پنجره دوباره بار شد و مرورگر دیگر پرونده را به Parley نمی‌دهد. همان پرونده را انتخاب کنید: آنچه اینجا هست دوباره فرستاده نمی‌شود.',
  'sending.lost_allow': 'ادامه',
  'sending.lost_allow_named': 'ادامهٔ ارسال {{name}}',
  'sending.lost_allow_why': 'پنجره دوباره بار شد. مرورگر بار دیگر می‌پرسد که آیا Parley می‌تواند پرونده را بخواند.',
  'sending.lost_unlike':
    'این همان {{name}} نیست که فرستاده می‌شد، یا پس از آن تغییر کرده است. همان پرونده را انتخاب کنید، یا ارسال آن را متوقف کنید و پروندهٔ تازه را اضافه کنید.',
  'sending.bar_lost': 'پرونده‌ای برای {{place}} باید دوباره انتخاب شود.',
  'sending.cancel': 'توقف ارسال {{name}}',
  'sending.retry': 'تلاش دوباره',
  'sending.bar_one': 'ارسال {{count}} پرونده به {{place}}: {{percent}}٪',
  'sending.bar_other': 'ارسال {{count}} پرونده به {{place}}: {{percent}}٪',
  'sending.bar_go': 'نمایش',
  'sending.bar_failed': 'پرونده‌ای برای {{place}} فرستاده نشد.',

  'sending.voice': 'ضبط پیام صوتی',
  'sending.voice_hint': 'ضبط پیام صوتی: نگه دارید و رها کنید تا فرستاده شود، یا یک بار بزنید تا آزادانه ضبط شود',
  'sending.voice_recording': 'در حال ضبط',
  'sending.voice_send': 'فرستادن پیام صوتی',
  'sending.voice_discard': 'دور انداختن پیام صوتی',
  'sending.voice_slide': 'رها کنید تا فرستاده شود، به کنار بکشید تا دور انداخته شود',
  'sending.voice_leave': 'رها کنید تا دور انداخته شود',
  'sending.voice_started': 'در حال ضبط. Enter می‌فرستد، Escape دور می‌اندازد.',
  'sending.voice_discarded': 'پیام صوتی دور انداخته شد.',
  'sending.voice_longest': 'پیام صوتی حداکثر {{time}} است. این را بفرستید، سپس در پیام دیگری ادامه دهید.',
  'sending.voice_refused':
    'مرورگر نمی‌گذارد Parley از میکروفون استفاده کند. در تنظیمات مرورگر برای این صفحه اجازه دهید، سپس دوباره تلاش کنید.',
  'sending.voice_missing': 'میکروفونی پیدا نشد. یکی وصل کنید، سپس دوباره تلاش کنید.',
  'sending.voice_busy':
    'از میکروفون نمی‌توان استفاده کرد. برنامه‌های دیگری را که شاید از آن استفاده می‌کنند ببندید، سپس دوباره تلاش کنید.',
  'sending.voice_insecure':
    'مرورگرها میکروفون را فقط به صفحه‌های localhost یا https می‌دهند. Parley را در مرورگر همان دستگاهی باز کنید که روی آن اجرا می‌شود.',
  'sending.voice_unsupported':
    'این مرورگر نمی‌تواند صدا ضبط کند. مرورگر دیگری به کار ببرید، یا صدای ضبط‌شده را به‌صورت پرونده اضافه کنید.',
} as const;
