/** The account, in Persian. */
export const account = {
  'account.password': 'تغییر گذرواژه',
  'account.password_hint': 'همهٔ پنجره‌ها و برنامه‌های دیگر خارج می‌شوند. پیام‌ها و دستگاه‌ها می‌مانند.',
  'account.old': 'گذرواژهٔ کنونی',
  'account.old_wrong': 'این گذرواژهٔ کنونی شما نیست. دوباره بنویسید.',
  'account.new': 'گذرواژهٔ تازه',
  'account.new_hint': 'دست‌کم ۸ نویسه.',
  'account.again': 'تکرار گذرواژهٔ تازه',
  'account.again_differs': 'دو گذرواژهٔ تازه یکی نیستند. یک گذرواژه را دو بار بنویسید.',
  'account.others': 'دستگاه‌های دیگرم هم خارج شوند',
  'account.change': 'تغییر گذرواژه',
  'account.changed': 'گذرواژهٔ شما تغییر کرد.',
  'account.everywhere': 'خروج از همه‌جا',
  'account.everywhere_hint':
    'برای وقتی که شاید کس دیگری با حساب شما وارد شده باشد. پیام‌ها روی دستگاه‌هایتان می‌مانند.',
  'account.everywhere_ask': 'از همه‌جا خارج می‌شوید؟',
  'account.everywhere_follows':
    'هر دستگاه و مرورگری، این یکی هم، دوباره گذرواژهٔ شما را می‌خواهد. مطمئن شوید که آن را می‌دانید.',
  'account.everywhere_not': 'واردشده بمانید',
  'account.export': 'برون‌بری داده‌های من',
  'account.export_hint':
    'همهٔ پیام‌هایتان، به شکل JSON Lines، و همهٔ پرونده‌هایی که روی این دستگاه است، در یک بایگانی zip که خواندنش به Parley نیاز ندارد. مهر و موم نیست: جایی نگهش دارید که دیگری نخواند.',
  'account.export_do': 'بارگیری داده‌های من',
} as const;
