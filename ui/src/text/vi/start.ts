/** Setting up, inviting others, the first look around, and places where nothing is yet. */
export const start = {
  'start.step': 'Bước {{step}} trên {{steps}}',
  'start.stranger_title': 'Hãy mở liên kết trong cửa sổ dòng lệnh',
  'start.stranger':
    'Máy này chưa được thiết lập. Để an toàn, chỉ một trình duyệt được làm việc đó: trình duyệt mở liên kết mà Parley đã in ra khi khởi động.',
  'start.stranger_again': 'Liên kết đã dùng rồi? Dừng Parley bằng Ctrl-C rồi chạy lại: nó sẽ in liên kết mới.',

  'start.tracker_title': 'Tham gia nhóm của bạn',
  'start.tracker_about': 'Dán lời mời mà ai đó gửi cho bạn, hoặc gõ địa chỉ tracker của nhóm.',
  'start.address': 'Liên kết mời hoặc địa chỉ tracker',
  'start.address_hint': 'Ví dụ http://192.168.1.5:8001',
  'start.address_empty': 'Trước hết hãy dán lời mời hoặc gõ địa chỉ.',
  'start.check': 'Tiếp tục',
  'start.checking': 'Đang tìm tracker…',
  'start.none_title': 'Lập một nhóm mới?',
  'start.none':
    'Tracker cho biết ai là ai và không bao giờ thấy tin nhắn. Một người chạy nó trên máy mà những người khác kết nối được, bằng dòng lệnh này:',
  'start.none_then': 'Rồi gõ địa chỉ của máy đó vào ô trên. Nếu là chính máy này thì gõ http://127.0.0.1:8001.',

  'start.account_title': 'Chọn tên của bạn',
  'start.signin_title': 'Đăng nhập',
  'start.found': 'Tracker: {{tracker}}',
  'start.found_invited': 'Đây đúng là tracker bạn được mời vào: khóa của nó khớp với lời mời.',
  'start.found_first': 'Khóa của nó được ghi nhớ từ bây giờ; nếu sau này thay đổi, bạn sẽ được cảnh báo.',
  'start.found_local': 'Chỉ những người dùng chính máy tính này mới dùng được tracker này.',
  'start.change': 'Đổi',
  'start.username': 'Tên người dùng',
  'start.username_hint': '1 đến 32 chữ cái, chữ số, “_” hoặc “-”. Người khác nhìn thấy; sau này không đổi được.',
  'start.username_bad': 'Tên gồm 1 đến 32 chữ cái không dấu, chữ số, “_” hoặc “-”. Hãy bỏ các ký tự khác.',
  'start.submit': 'Tạo tài khoản',
  'start.submit_signin': 'Đăng nhập',
  'start.busy': 'Đang thiết lập…',
  'start.to_signin': 'Đã có tài khoản? Đăng nhập',
  'start.to_register': 'Mới đến? Tạo tài khoản',
  'start.opening': 'Xong. Đang mở cuộc trò chuyện…',
  'start.opening_hint': 'Lần sau bạn chỉ cần gõ parley peer.',

  'start.entry_code': 'Mã mời',
  'start.entry_code_hint': 'Như 7K2M-9QXT-4RDW-B3HV, hoặc cả liên kết mời.',
  'start.entry_code_elsewhere': 'Liên kết này dẫn tới một tracker khác. Hãy quay lại bằng “Đổi” và dán nó ở đó.',
  'start.entry_code_missing': 'Liên kết này không có mã. Hãy xin quản trị viên của nhóm một liên kết có mã.',
  'start.error_code_alone':
    'Đây chỉ là mã của lời mời. Hãy dán cả liên kết mời vào đây; hoặc gõ địa chỉ tracker, rồi nhập mã khi được hỏi.',
  'start.error_invite_needed':
    'Ở đây cần lời mời để tạo tài khoản mới. Hãy nhập mã mời, hoặc quay lại và dán toàn bộ liên kết mời. Quản trị viên của nhóm tạo lời mời.',
  'start.error_invite_over':
    'Mã này không dùng được: gõ sai, đã hết lượt, hết hạn hoặc đã bị thu hồi. Hãy kiểm tra lại, hoặc xin lời mời mới.',
  'start.error_unreachable':
    'Không có tracker Parley nào trả lời ở đó. Hãy kiểm tra địa chỉ, và xem tracker có đang chạy và mở cho mạng này không.',
  'start.error_key':
    'Đây không phải tracker mà bạn được mời vào: khóa của nó khác. Hãy xin lời mời mới và đừng tiếp tục với lời mời này.',
  'start.error_address':
    'Đây không phải lời mời hay địa chỉ tracker. Hãy sao chép toàn bộ lời mời, đến ký tự cuối cùng.',
  'start.error_taken': 'Tài khoản này đã có. Nếu là của bạn, hãy đăng nhập; nếu không, chọn tên khác.',
  'start.mine': 'Của tôi: đăng nhập',
  'start.error_confusable': 'Tên này trông quá giống một tên đã có ở đây. Hãy chọn tên không ai có thể nhầm lẫn.',
  'start.error_credentials': 'Tên và mật khẩu không khớp. Hãy thử lại hoặc tạo tài khoản.',
  'start.error_limited': 'Thử quá nhiều lần. Hãy đợi một phút rồi thử lại.',
  'start.error_link': 'Trình duyệt này không còn được phép thiết lập. Hãy chạy lại Parley và mở liên kết mà nó in ra.',
  'start.detail': 'Chi tiết: {{text}}',

  'start.invite': 'Mời mọi người',
  'start.invite_title': 'Mời mọi người',
  'start.invite_making': 'Đang tạo lời mời…',
  'start.invite_retry': 'Thử lại',
  'start.invite_about':
    'Gửi liên kết này cho những người bạn muốn mời. Nó dẫn đến tracker và giúp Parley của họ nhận ra đúng tracker. Trong đó không có gì bí mật.',
  'start.invite_needs_code':
    'Ở đây tài khoản mới cần một mã. Vì bạn quản trị tracker, bạn có thể gắn mã vào liên kết. Ai đã có tài khoản thì không cần.',
  'start.invite_for_whom': 'Dành cho',
  'start.invite_uses_other': '{{count}} người',
  'start.invite_how_long': 'Trong vòng',
  'start.invite_days_other': '{{count}} ngày',
  'start.invite_make_code': 'Tạo liên kết có mã',
  'start.invite_with_code_other':
    'Chỉ gửi liên kết này cho những người bạn muốn mời: đến {{date}}, bất kỳ ai có nó đều có thể tạo tài khoản, tổng cộng {{count}} tài khoản. Bạn tìm lại nó trong mục Administration, ở địa chỉ của tracker.',
  'start.invite_ask_admin':
    'Ở đây tài khoản mới cần một mã mà chỉ quản trị viên của nhóm tạo được. Nếu người bạn mời chưa có tài khoản, hãy xin một quản trị viên liên kết.',
  'start.invite_approval':
    'Quản trị viên của nhóm duyệt từng tài khoản mới. Người mới tạo tài khoản bằng liên kết này rồi chờ duyệt.',
  'start.invite_closed': 'Hiện ở đây không tạo tài khoản mới. Nếu ai đó cần tài khoản, hãy hỏi quản trị viên của nhóm.',
  'start.invite_link': 'Liên kết',
  'start.invite_command': 'Hoặc dưới dạng dòng lệnh',
  'start.invite_copy': 'Sao chép',
  'start.invite_copied': 'Đã sao chép',
  'start.invite_code': 'Lời mời dưới dạng mã QR',
  'start.invite_code_hint': 'Để quét từ điện thoại hoặc màn hình khác.',
  'start.invite_local_title': 'Chỉ những người dùng máy tính này mới dùng được liên kết này',
  'start.invite_local':
    'Tracker của bạn chỉ nhận kết nối từ chính máy này. Để người khác vào được, hãy dừng nó và chạy lại như sau:',
  'start.invite_local_address':
    'Khi đó những người khác kết nối tới {{addresses}}. Mở lại bảng này để có liên kết dùng được cho họ.',
  'start.invite_local_peer': 'Hãy chạy lại cả Parley của bạn với {{flag}} để tin nhắn của họ đến được máy bạn.',

  'start.welcome_title': 'Chào mừng, {{username}}',
  'start.welcome_general': '#general là nơi có tất cả mọi người: hãy chào họ ở đó.',
  'start.welcome_find': '{{keys}} để tìm người, kênh và tin nhắn.',
  'start.welcome_done': 'Đã hiểu',
  'start.welcome_label': 'Chào mừng',

  'start.empty_general': 'Mọi người trong nhóm đều đọc #general. Hãy gửi lời chào.',
  'start.empty_broadcast':
    'Những gì viết ở đây hiện ngay lên trên mọi thứ người khác đang đọc. Hãy dành cho điều mà ai cũng cần biết.',
  'start.empty_channel':
    'Hãy viết tin nhắn đầu tiên bên dưới. Người khác tìm thấy #{{name}} trong “Duyệt kênh” và tham gia ở đó.',
  'start.empty_direct': 'Chỉ hai người đọc được. Hãy viết tin nhắn đầu tiên bên dưới.',
  'start.empty_direct_away':
    'Chỉ hai người đọc được. {{username}} hiện không có mặt: điều bạn viết sẽ được chuyển ngay khi cả hai cùng trực tuyến, hoặc được niêm phong chờ sẵn.',
  'start.empty_direct_compare': 'Để chắc chắn không ai chặn xem tin nhắn của hai người, hãy so số an toàn.',
  'start.empty_notes': 'Chỉ mình bạn đọc được những gì viết cho chính mình. Dùng để ghi chú và lưu liên kết.',
  'start.choose_hint': 'Chọn một kênh hoặc một người trong danh sách, hoặc nhấn {{keys}} để tìm.',
} as const;
