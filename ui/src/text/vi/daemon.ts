/** What the daemon says, in Vietnamese. */
export const daemonTexts = {
  'daemon.bad_request': 'Không thể làm như vậy. Hãy kiểm tra những gì bạn đã nhập rồi thử lại.',
  'daemon.bad_text': 'Văn bản có ký tự NUL hoặc nửa ký tự nên không lưu được. Hãy xóa nó rồi thử lại.',
  'daemon.bad_name': 'Tên gồm 1 đến 32 chữ cái không dấu, chữ số, “_” hoặc “-”. Hãy chọn tên khác.',
  'daemon.bad_channel': 'Tên kênh gồm 1 đến 32 chữ thường không dấu, chữ số, “_” hoặc “-”. Hãy chọn tên khác.',
  'daemon.bad_password': 'Mật khẩu có ít nhất 8 ký tự và nhiều nhất 256 byte. Hãy chọn mật khẩu khác.',
  'daemon.name_confusable': 'Tên này trông quá giống một tên đã có ở đây. Hãy chọn tên không ai có thể nhầm lẫn.',
  'daemon.channel_confusable': 'Tên này trông quá giống một kênh đã có. Hãy vào kênh đó, hoặc chọn tên khác hơn.',
  'daemon.not_signed_in': 'Hãy đăng nhập trước.',
  'daemon.session_elsewhere':
    'Phiên này thuộc về một tracker hiện không trả lời. Hãy đăng nhập lại, hoặc đợi tracker đó trở lại.',
  'daemon.password_unsure':
    'Tracker đã ngừng trả lời, nên mật khẩu có thể đã đổi hoặc chưa. Hãy thử lại khi tracker hoạt động trở lại; nếu mật khẩu cũ bị từ chối thì mật khẩu mới đã có hiệu lực.',
  'daemon.account_unknown':
    'Tracker không còn nhận mật khẩu này, dù trước đây có nhận. Nếu dữ liệu của nó đã mất, hãy tạo lại tài khoản ở đây: thiết bị này và lịch sử vẫn còn. Nếu mật khẩu đã được đổi ở nơi khác, hãy dùng mật khẩu mới.',
  'daemon.forbidden': 'Bạn không được làm việc này. Hãy đăng nhập với tên người được phép.',
  'daemon.permanent_channel': 'Mọi người đều ở trong kênh này; không thể rời. Thay vào đó hãy tắt tiếng kênh.',
  'daemon.channel_archived':
    'Kênh này đã được lưu trữ: vẫn đọc được, nhưng không viết thêm được. Hãy nhờ quản trị viên đưa kênh ra khỏi kho lưu trữ.',
  'daemon.channel_deleted':
    'Quản trị viên đã xóa kênh này. Lịch sử của bạn vẫn ở trên thiết bị của bạn; hãy viết ở nơi khác.',
  'daemon.not_member': 'Bạn không ở trong cuộc trò chuyện này. Hãy tham gia trước.',
  'daemon.not_found': 'Ở đây không có gì tên như vậy. Hãy kiểm tra chính tả.',
  'daemon.unknown_user': 'Ở đây không có ai tên như vậy. Hãy kiểm tra chính tả.',
  'daemon.user_unchecked':
    'Ở đây chưa biết ai tên như vậy, và không thể kiểm tra khi tracker vắng mặt. Hãy thử lại khi tracker trở lại.',
  'daemon.device_taken': 'Thiết bị này thuộc một tài khoản khác. Hãy khởi động Parley với một --data-dir khác.',
  'daemon.too_large': 'Nội dung quá lớn. Hãy gửi thứ nhỏ hơn.',
  'daemon.rate_limited': 'Thử quá nhiều lần. Hãy đợi một lát rồi thử lại.',
  'daemon.unavailable': 'Hiện chưa dùng được. Hãy thử lại sau ít phút.',
  'daemon.tracker_unreachable': 'Tracker không trả lời. Hãy kiểm tra địa chỉ và xem nó có đang chạy không.',
  'daemon.storage_full': 'Ổ đĩa đã đầy; chưa lưu được gì. Hãy dọn chỗ rồi gửi lại.',
  'daemon.storage_damaged': 'Lịch sử trên ổ đĩa này bị hỏng và đang được sửa; hãy thử lại sau ít phút.',
  'daemon.storage_failed': 'Không ghi được lịch sử. Hãy xem nhật ký của Parley trên máy này.',
  'daemon.clock_wrong': 'Đồng hồ của máy này sai. Hãy chỉnh lại rồi gửi lần nữa.',
  'daemon.tracker_clock_wrong':
    'Đồng hồ của tracker sai, nên chứng chỉ nó cấp cho thiết bị này không có hiệu lực hôm nay. Hãy nhờ người vận hành tracker chỉnh đồng hồ rồi gửi lại.',
  'daemon.clocks_differ':
    'Đồng hồ máy này và đồng hồ tracker khác nhau, nên chứng chỉ của thiết bị này không có hiệu lực hôm nay. Hãy xem đồng hồ nào sai, cho chỉnh lại rồi gửi lần nữa.',
  'daemon.certificate_ended':
    'Chứng chỉ của thiết bị này đã hết hạn. Tracker sẽ gia hạn ngay khi kết nối được: hãy bảo đảm kết nối rồi gửi lại.',
  'daemon.recovering': 'Thiết bị này đang lấy lại những tin cuối của chính nó từ người khác. Hãy thử lại sau ít phút.',
  'daemon.internal': 'Có gì đó không ổn. Hãy thử lại; nếu vẫn vậy, hãy xem nhật ký của Parley trên máy này.',

  'daemon.link_offline':
    'Parley trên máy của họ không chạy hoặc không liên lạc được. Liên kết sẽ được tạo ngay khi nó hoạt động lại.',
  'daemon.link_disabled':
    'Tài khoản của {{username}} đã bị quản trị viên vô hiệu hóa. Tin bạn viết sẽ chờ đến khi tài khoản được mở lại.',
  'daemon.link_none': 'Hiện chưa cần liên kết: tin đi qua người khác, hoặc liên kết được tạo khi bạn viết.',
  'daemon.link_connecting': 'Liên kết đang được tạo.',
  'daemon.path_silent':
    '{{address}} không trả lời: bộ định tuyến hoặc tường lửa không cho ai vào. Chỉ cần một trong hai bạn mở cổng P2P.',
  'daemon.path_elsewhere':
    '{{address}} là địa chỉ của mạng khác: một trong hai bạn phải cho người ngoài vào, bằng cách mở cổng P2P trên bộ định tuyến.',
  'daemon.path_mute': '{{address}} không hoàn tất việc bắt tay: Parley ở đó có thể bị treo. Sẽ thử lại.',
  'daemon.path_no_way': 'Từ mạng này không có đường đến {{address}}. Hãy kiểm tra xem máy này đã nối mạng chưa.',
  'daemon.path_refused': 'Không có gì lắng nghe ở {{address}}: địa chỉ của họ có thể đã đổi. Sẽ thử lại.',
  'daemon.path_name_unknown': 'Không tìm thấy máy chủ của {{address}}: họ nên khởi động Parley với --host khác.',
  'daemon.path_another_device': 'Người khác trả lời ở {{address}}: địa chỉ của họ có thể đã đổi. Sẽ thử lại.',
  'daemon.path_not_a_peer': 'Ở {{address}} không phải là Parley: địa chỉ của họ có thể đã đổi. Sẽ thử lại.',
  'daemon.path_loopback_only': 'Parley trên máy của họ không cho máy khác vào: họ nên khởi động nó với --host 0.0.0.0.',
  'daemon.path_address_hidden': 'Bạn ẩn địa chỉ của mình, và chưa tìm được đường chuyển tiếp. Sẽ thử lại.',
  'daemon.path_hides_address': 'Họ ẩn địa chỉ của mình, và chưa tìm được đường chuyển tiếp. Sẽ thử lại.',
  'daemon.path_relay_off':
    'Một trong hai người ẩn địa chỉ, và tracker không chuyển tiếp cho ai. Hãy nhờ người vận hành bật chuyển tiếp, hoặc thôi ẩn địa chỉ (Cài đặt, Quyền riêng tư).',
  'daemon.path_relay_full':
    'Một trong hai người ẩn địa chỉ, và trạm chuyển tiếp đã đầy. Sẽ thử lại. Nếu kéo dài, hãy hỏi người vận hành tracker.',
  'daemon.path_they_do_not_come':
    'Một trong hai người ẩn địa chỉ, và peer của họ không đến trạm chuyển tiếp: có thể nó bị treo hoặc máy đang ngủ. Hãy nhờ họ đánh thức nó. Sẽ thử lại.',
  'daemon.path_broke': 'Liên kết đến {{address}} bị đứt. Nó đang được tạo lại.',
  'daemon.pending': 'Chưa chuyển đến mọi người. Tin sẽ đến ngay khi liên lạc được với họ.',
  'daemon.account_disabled':
    'Một quản trị viên của nhóm đã khóa tài khoản của bạn. Hãy nhờ họ mở lại: khi đó bạn sẽ tự được vào. Những gì có trên thiết bị này vẫn còn.',
  'daemon.account_pending':
    'Tài khoản của bạn đang chờ một quản trị viên của nhóm duyệt. Hãy nhắc họ: khi đó bạn sẽ tự được vào.',
  'daemon.signed_out': 'Bạn đã bị đăng xuất ở đây. Hãy đăng nhập lại để tiếp tục.',

  'daemon.ca_changed':
    'Đây không phải tracker mà thiết bị này từng biết: nó bảo đảm bằng một khóa khác. Không điều gì từ nó được tin. Nếu người vận hành đã dựng lại nó từ đầu, hãy xác nhận ở đây.',
  'daemon.tracker_anew':
    'Tracker đã được dựng lại từ đầu, và thiết bị này đã bắt đầu lại cùng nó. Những gì viết trước đó vẫn nằm ở đây như cũ. Ai cũng có thể đã lấy bất kỳ tên nào ở đó: hãy so mã số an toàn với những người quan trọng với bạn.',
  'daemon.tracker_anew_unheard':
    'Những gì bạn viết sau cùng chưa đến được ai khi thiết bị này bắt đầu lại cùng tracker, và có thể không còn đến được ai. Hãy xem lại và gửi lại điều quan trọng, khi bạn đã biết ai là ai.',
  'daemon.device_added':
    '{{username}} dùng một thiết bị mới. Hãy hỏi họ có đúng không, bằng lời hoặc gặp trực tiếp, và so mã số an toàn trước khi tin.',
  'daemon.device_added_own':
    'Tài khoản của bạn được dùng trên một thiết bị khác. Nếu đó không phải máy của bạn, hãy thu hồi nó và đổi mật khẩu.',
  'daemon.device_added_named':
    'Tài khoản của bạn được dùng trên một thiết bị khác, “{{device}}”. Nếu đó không phải thiết bị của bạn, hãy thu hồi nó và đổi mật khẩu.',
  'daemon.verification_reset':
    'Bạn đã so mã số an toàn với {{username}}; từ đó thiết bị của họ đã thay đổi và mã số cũng đổi theo. Hãy so lại.',
  'daemon.device_revoked': '{{username}} đã thu hồi một thiết bị. Nó không còn được tin nữa; bạn không cần làm gì.',
  'daemon.device_revoked_own':
    'Một thiết bị của bạn đã bị thu hồi: người khác nay từ chối nó. Nếu không phải bạn làm, hãy đổi mật khẩu.',
  'daemon.device_revoked_named':
    'Một thiết bị của bạn, “{{device}}”, đã bị thu hồi: người khác nay từ chối nó. Nếu không phải bạn làm, hãy đổi mật khẩu.',
  'daemon.device_revoked_here':
    'Thiết bị này đã bị thu hồi: người khác từ chối nó và nó viết gì cũng không đến được họ. Để tiếp tục ở đây, hãy khởi động với một --data-dir mới rồi đăng nhập.',
  'daemon.history_mended':
    'Lịch sử trên ổ đĩa này bị hỏng và đã được sửa. Phần còn thiếu sẽ về lại từ những người khác.',
  'daemon.history_cut':
    'Một phiên bản trước đã để thiết bị này viết điều mà người khác không nhận. Lịch sử vẫn còn đủ ở đây; thiết bị dùng khóa mới để người khác nhận được những gì bạn viết.',
  'daemon.restored':
    'Hồ sơ này được khôi phục từ bản sao lưu hoặc được sao chép, nên tiếp tục ở đây như một thiết bị mới. Những gì đã viết ở nơi khác sẽ trở về từ những người khác; không có gì viết ở đây bị mất. Nếu đó không phải là bạn, hãy xem các thiết bị của tài khoản.',
  'daemon.copied':
    'Một bản sao của hồ sơ này đã được khởi động ở nơi khác. Nó tiếp tục ở đó như một thiết bị riêng và không có gì bị mất. Nếu đó không phải là bạn, hãy xem các thiết bị của tài khoản và đổi mật khẩu.',
  'daemon.too_fast':
    '{{username}} viết nhiều hơn mức máy này nhận một lúc. Phần còn lại đến sau, và không ai khác phải chờ. Nếu bạn không muốn đọc, hãy tắt tiếng hoặc chặn {{username}}.',
  'daemon.ahead_of_rate':
    'Bạn đã viết nhiều hơn hẳn mức người khác nhận một lúc. Những gì đã viết được giữ lại; hãy đợi rồi viết tiếp.',
  'daemon.writing_ahead':
    'Bạn viết nhiều hơn mức người khác nhận một lúc. Không có gì bị mất: tất cả được giữ ở đây, và họ nhận phần còn lại sau. Nếu một chương trình đang viết, hãy để nó viết ít hơn.',
  'daemon.disk_low':
    'Ổ đĩa này còn ít chỗ. Những gì người khác viết sẽ được tải về khi có thêm chỗ; những gì bạn viết vẫn được giữ như thường. Hãy dọn chỗ: sau đó mọi thứ tự tiếp tục.',
  'daemon.forked':
    'Một thiết bị đã gửi hai tin khác nhau vào cùng một chỗ: có lẽ nó được khôi phục từ một bản sao cũ. Tin đầu tiên được giữ.',
  'daemon.clock_ahead': 'nhanh {{span}}',
  'daemon.clock_behind': 'chậm {{span}}',
  'daemon.clock_wrong_off':
    'Đồng hồ của máy này {{off}}; đồng hồ của tracker và của những người khác cùng chỉ một giờ khác. Hãy chỉnh lại: cho đến lúc đó những gì bạn viết nằm sai chỗ và kết nối có thể bị từ chối.',
  'daemon.tracker_clock_wrong_off':
    'Đồng hồ của tracker {{off}}; đồng hồ của bạn khớp với những người khác. Hãy nhờ người vận hành tracker chỉnh lại; mọi thứ phụ thuộc vào nó sẽ tự ổn.',
  'daemon.clocks_differ_off':
    'Đồng hồ của tracker {{off}} so với máy bạn, và không có ai đang kết nối để biết bên nào sai. Hãy so với một đồng hồ khác, ví dụ trên điện thoại. Nếu máy bạn sai, hãy chỉnh lại; nếu không, hãy báo người vận hành tracker.',
  'daemon.peer_clock_wrong_off':
    'Đồng hồ của {{username}} {{off}}; những người khác khớp với đồng hồ của bạn. Hãy bảo {{username}} chỉnh lại: cho đến lúc đó những gì họ viết có thể nằm sai chỗ.',
  'daemon.peer_clock_differs_off':
    'Đồng hồ của {{username}} {{off}} so với máy bạn, và từ đây không biết được bên nào sai. Hãy so với một đồng hồ khác, ví dụ trên điện thoại, rồi chỉnh cái sai.',
} as const satisfies Readonly<Record<string, string>>;
