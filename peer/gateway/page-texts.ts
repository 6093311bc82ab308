/** What the pages of a gateway say, in the languages of the window. */

const en = {
  signIn: 'Sign in',
  register: 'Make an account',
  username: 'Name',
  password: 'Password',
  passwordHint: 'At least 8 characters. If you forget it, only an admin of the tracker can help.',
  invite: 'Invite code (if you have one)',
  inviteHint: 'Only where accounts are made by invite. It stands in the invite link, after the "~".',
  invite_needed: 'New accounts need an invite here. Enter the code of one, or ask an admin for an invite.',
  invite_over: 'That invite code opens nothing: it is mistyped, used up, over or revoked. Ask for a new one.',
  toRegister: 'No account yet? Make one',
  toSignIn: 'Already have an account? Sign in',
  guest: 'Come in as a guest',
  toGuest: 'Just visiting? Come in as a guest',
  guestHint: 'You are then called guest- and this name. 1 to 26 letters A to Z, digits, "_" or "-".',
  guestTrust:
    'Your visit leaves no history: when you have left, you cannot read it again, and nobody else gets your name. What you wrote ' +
    'stays with those who read it. Whoever runs this address can read all that you read and write.',
  trust:
    'This address is a gateway: your messages and your keys are kept on its machine, and whoever runs it can read them and write ' +
    'in your name. If you can, run Parley on a machine of your own: you keep your name, your account and your conversations.',
  invalid_credentials: 'That name and password do not match. Try again, or make an account.',
  name_taken: 'That name is taken, and this is not its password. Choose another name.',
  name_confusable: 'That name looks too much like one that is taken. Choose one that nobody can mistake for it.',
  bad_name: 'A name has 1 to 32 letters A to Z, digits, "_" or "-".',
  bad_password: 'A password has at least 8 characters, and at most 256 bytes. Choose another one.',
  rate_limited: 'Too many attempts. Wait a minute, then try again.',
  tracker_unreachable: 'The tracker does not answer. Try again in a moment, or tell whoever runs this gateway.',
  forbidden: 'Nobody may register here. Ask whoever runs this gateway for an account.',
  guest_bad_name:
    'A guest’s name has 1 to 26 letters A to Z, digits, "_" or "-". Choose another one, or a shorter one.',
  guest_rate_limited: 'Too many guests have come. Make an account, or come again later.',
  guest_unavailable: 'There is no place for another guest now. Try again in a moment, or make an account.',
  guest_forbidden: 'Guests are not let in here. Make an account, or ask whoever runs this gateway.',
};

export type PageTexts = typeof en;

const vi: PageTexts = {
  signIn: 'Đăng nhập',
  register: 'Tạo tài khoản',
  username: 'Tên',
  password: 'Mật khẩu',
  passwordHint: 'Ít nhất 8 ký tự. Nếu quên, chỉ quản trị viên của tracker giúp được.',
  invite: 'Mã mời (nếu có)',
  inviteHint: 'Chỉ cần ở nơi tạo tài khoản bằng lời mời. Mã nằm trong liên kết mời, sau dấu "~".',
  invite_needed: 'Ở đây cần lời mời để tạo tài khoản. Hãy nhập mã mời, hoặc xin quản trị viên một lời mời.',
  invite_over: 'Mã mời này không dùng được: gõ sai, hết lượt, hết hạn hoặc đã bị thu hồi. Hãy xin mã mới.',
  toRegister: 'Chưa có tài khoản? Tạo tài khoản',
  toSignIn: 'Đã có tài khoản? Đăng nhập',
  guest: 'Vào với tư cách khách',
  toGuest: 'Chỉ ghé qua? Vào với tư cách khách',
  guestHint: 'Bạn sẽ được gọi là guest- cùng tên này. 1 đến 26 chữ cái A đến Z, chữ số, "_" hoặc "-".',
  guestTrust:
    'Lần ghé thăm này không để lại lịch sử: khi đã rời đi, bạn không đọc lại được nữa, và không ai khác nhận tên của bạn. Điều bạn viết ' +
    'vẫn ở lại với người đã đọc. Người vận hành địa chỉ này có thể đọc mọi điều bạn đọc và viết.',
  trust:
    'Địa chỉ này là một cổng dùng chung: tin nhắn và khóa của bạn nằm trên máy của nó, và người vận hành có thể đọc tin nhắn và viết ' +
    'thay tên bạn. Nếu được, hãy chạy Parley trên máy của chính bạn: bạn giữ nguyên tên, tài khoản và các cuộc trò chuyện.',
  invalid_credentials: 'Tên và mật khẩu không khớp. Hãy thử lại, hoặc tạo tài khoản.',
  name_taken: 'Tên này đã có người dùng và mật khẩu không đúng. Hãy chọn tên khác.',
  name_confusable: 'Tên này quá giống một tên đã có. Hãy chọn tên không thể nhầm lẫn.',
  bad_name: 'Tên gồm 1 đến 32 chữ cái A đến Z, chữ số, "_" hoặc "-".',
  bad_password: 'Mật khẩu dài từ 8 đến 256 byte. Hãy chọn mật khẩu khác.',
  rate_limited: 'Thử quá nhiều lần. Hãy đợi một phút rồi thử lại.',
  tracker_unreachable: 'Tracker không trả lời. Hãy thử lại sau, hoặc báo người vận hành cổng này.',
  forbidden: 'Ở đây không được tự đăng ký. Hãy xin người vận hành một tài khoản.',
  guest_bad_name: 'Tên của khách gồm 1 đến 26 chữ cái A đến Z, chữ số, "_" hoặc "-". Hãy chọn tên khác hoặc ngắn hơn.',
  guest_rate_limited: 'Đã có quá nhiều khách. Hãy tạo tài khoản, hoặc quay lại sau.',
  guest_unavailable: 'Hiện không còn chỗ cho khách. Hãy thử lại sau giây lát, hoặc tạo tài khoản.',
  guest_forbidden: 'Ở đây không nhận khách. Hãy tạo tài khoản, hoặc hỏi người vận hành cổng này.',
};

const fa: PageTexts = {
  signIn: 'ورود',
  register: 'ساختن حساب',
  username: 'نام',
  password: 'گذرواژه',
  passwordHint: 'دست‌کم ۸ نویسه. اگر فراموشش کنید، فقط یکی از مدیران ردیاب می‌تواند کمک کند.',
  invite: 'کد دعوت (اگر دارید)',
  inviteHint: 'تنها جایی لازم است که حساب با دعوت ساخته می‌شود. در پیوند دعوت پس از «~» آمده است.',
  invite_needed: 'این‌جا ساختن حساب تازه دعوت می‌خواهد. کد دعوت را بنویسید یا از یکی از مدیران دعوت بخواهید.',
  invite_over: 'این کد دعوت کار نمی‌کند: نادرست است، مصرف شده، مهلتش گذشته یا باطل شده است. کد تازه‌ای بخواهید.',
  toRegister: 'هنوز حساب ندارید؟ یکی بسازید',
  toSignIn: 'حساب دارید؟ وارد شوید',
  guest: 'ورود به‌عنوان مهمان',
  toGuest: 'فقط سر می‌زنید؟ به‌عنوان مهمان وارد شوید',
  guestHint: 'آن‌گاه نام شما \u2066guest-\u2069 و این نام است. ۱ تا ۲۶ حرف A تا Z، رقم، «_» یا «-».',
  guestTrust:
    'از این دیدار تاریخچه‌ای نمی‌ماند: پس از رفتن دیگر نمی‌توانید آن را بخوانید و نام شما به کس دیگری داده نمی‌شود. آنچه نوشته‌اید ' +
    'نزد کسانی که خوانده‌اند می‌ماند. گردانندهٔ این نشانی می‌تواند همهٔ آنچه می‌خوانید و می‌نویسید را بخواند.',
  trust:
    'این نشانی یک دروازه است: پیام‌ها و کلیدهای شما روی دستگاه آن نگه‌داری می‌شوند و گردانندهٔ آن می‌تواند آن‌ها را بخواند و به نام شما بنویسد. ' +
    'اگر می‌توانید، Parley را روی دستگاه خودتان اجرا کنید: نام، حساب و گفتگوهایتان را نگه می‌دارید.',
  invalid_credentials: 'نام و گذرواژه با هم نمی‌خوانند. دوباره تلاش کنید یا حساب بسازید.',
  name_taken: 'این نام گرفته شده و گذرواژه‌اش این نیست. نام دیگری برگزینید.',
  name_confusable: 'این نام به نامی که گرفته شده بسیار شبیه است. نامی برگزینید که با آن اشتباه نشود.',
  bad_name: 'نام ۱ تا ۳۲ حرف A تا Z، رقم، «_» یا «-» دارد.',
  bad_password: 'گذرواژه ۸ تا ۲۵۶ بایت است. گذرواژهٔ دیگری برگزینید.',
  rate_limited: 'تلاش‌ها بیش از اندازه بود. یک دقیقه صبر کنید و دوباره تلاش کنید.',
  tracker_unreachable: 'ردیاب پاسخ نمی‌دهد. کمی بعد دوباره تلاش کنید یا به گردانندهٔ این دروازه خبر دهید.',
  forbidden: 'این‌جا کسی نمی‌تواند نام‌نویسی کند. از گردانندهٔ دروازه حساب بخواهید.',
  guest_bad_name: 'نام مهمان ۱ تا ۲۶ حرف A تا Z، رقم، «_» یا «-» دارد. نام دیگری یا کوتاه‌تری برگزینید.',
  guest_rate_limited: 'مهمانان بسیاری آمده‌اند. حساب بسازید یا بعداً بیایید.',
  guest_unavailable: 'اکنون جایی برای مهمان دیگری نیست. کمی بعد دوباره تلاش کنید یا حساب بسازید.',
  guest_forbidden: 'این‌جا مهمان پذیرفته نمی‌شود. حساب بسازید یا از گردانندهٔ دروازه بپرسید.',
};

export type Language = 'en' | 'vi' | 'fa';

export const pageTexts: Readonly<Record<Language, PageTexts>> = { en, vi, fa };

/** The first of the browser's languages that there is, by its order (RFC 9110 12.5.4). */
export function languageOf(accepted: string | undefined): Language {
  const wanted = (accepted ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((text) => /^\s*q=([\d.]+)/.exec(text)?.[1]).find((text) => text !== undefined);
      return { language: tag.split('-')[0] ?? '', quality: quality === undefined ? 1 : Number(quality) };
    });
  const known = wanted.filter(({ language, quality }) => Object.hasOwn(pageTexts, language) && quality > 0);
  const [first] = known.sort((a, b) => b.quality - a.quality);
  return (first?.language as Language | undefined) ?? 'en';
}
