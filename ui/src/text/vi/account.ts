/** The account, in Vietnamese. */
export const account = {
  'account.password': 'Đổi mật khẩu',
  'account.password_hint': 'Mọi cửa sổ và chương trình khác sẽ bị đăng xuất. Tin nhắn và thiết bị vẫn còn.',
  'account.old': 'Mật khẩu hiện tại',
  'account.old_wrong': 'Đó không phải mật khẩu hiện tại của bạn. Hãy nhập lại.',
  'account.new': 'Mật khẩu mới',
  'account.new_hint': 'Ít nhất 8 ký tự.',
  'account.again': 'Nhập lại mật khẩu mới',
  'account.again_differs': 'Hai mật khẩu mới khác nhau. Hãy nhập cùng một mật khẩu hai lần.',
  'account.others': 'Đăng xuất cả các thiết bị khác của tôi',
  'account.change': 'Đổi mật khẩu',
  'account.changed': 'Đã đổi mật khẩu.',
  'account.everywhere': 'Đăng xuất khỏi mọi nơi',
  'account.everywhere_hint':
    'Dùng khi có thể có người khác đang đăng nhập bằng tài khoản của bạn. Tin nhắn vẫn còn trên các thiết bị của bạn.',
  'account.everywhere_ask': 'Đăng xuất khỏi mọi nơi?',
  'account.everywhere_follows':
    'Mọi thiết bị và trình duyệt, kể cả máy này, sẽ cần mật khẩu của bạn. Hãy chắc rằng bạn nhớ mật khẩu.',
  'account.everywhere_not': 'Vẫn đăng nhập',
  'account.export': 'Xuất dữ liệu của tôi',
  'account.export_hint':
    'Mọi tin nhắn của bạn, dạng JSON Lines, và mọi tệp có trên thiết bị này, trong một tệp zip đọc được mà không cần Parley. Tệp này không được niêm phong: hãy cất ở nơi không ai khác đọc được.',
  'account.export_do': 'Tải dữ liệu của tôi',
} as const;
