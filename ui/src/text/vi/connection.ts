/** How others reach this peer, and what the doctor finds, in Vietnamese. */
export const connection = {
  'connection.reach_label': 'Người khác liên lạc với bạn',
  'connection.reach_open': 'Trực tiếp: người khác có thể kết nối tới máy này.',
  'connection.reach_lan': 'Trực tiếp, từ mạng của chính bạn.',
  'connection.reach_hard':
    'Qua tracker: bộ định tuyến của bạn dùng cổng mới cho mỗi người. Trò chuyện vẫn được; tệp chậm hơn. Hãy chuyển tiếp cổng trong bộ định tuyến để được liên lạc trực tiếp.',
  'connection.reach_behind':
    'Qua tracker hoặc một lỗ mở trong bộ định tuyến: không ai từ ngoài vào được. Trò chuyện vẫn được; tệp có thể chậm hơn.',
  'connection.reach_hidden': 'Chỉ qua tracker: bạn ẩn địa chỉ của mình (cài đặt, Quyền riêng tư).',
  'connection.reach_unknown': 'Chưa biết.',
  'connection.reach_seen_at': 'Địa chỉ nhìn từ bên ngoài',
  'connection.mapping_label': 'Bộ định tuyến của bạn',
  'connection.mapping_mapped': 'Cho người khác vào ({{by}}), tại',
  'connection.mapping_behind':
    'Có thể cho người khác vào, nhưng phía trước còn một bộ định tuyến khác, thường là của nhà mạng. Chuyển tiếp qua tracker hoặc IPv6 vượt qua được.',
  'connection.mapping_refused':
    'Có trả lời, nhưng không cho ai vào. Hãy bật UPnP hoặc NAT-PMP trong phần cài đặt của nó.',
  'connection.mapping_unanswered':
    'Không cho biết có thể cho người khác vào hay không. Hãy bật UPnP hoặc NAT-PMP trong phần cài đặt của nó, nếu có.',
  'connection.mapping_asking': 'Đang được yêu cầu cho người khác vào …',
  'connection.mapping_unneeded': 'Không được hỏi: ở đây không cần.',
  'connection.mapping_off': 'Không được yêu cầu cho người khác vào.',
  'connection.reach_direct_other': '{{count}} liên kết trực tiếp',
  'connection.reach_relayed_other': '{{count}} qua tracker',

  'connection.doctor_title': 'Kiểm tra kết nối',
  'connection.doctor_hint': 'Tìm xem điều gì ngăn bạn với người khác và nói cần làm gì. Mất nhiều nhất mười giây.',
  'connection.doctor_start': 'Kiểm tra kết nối',
  'connection.doctor_running': 'Đang kiểm tra …',
  'connection.doctor_again': 'Kiểm tra lại',
  'connection.doctor_why': 'Vì sao?',
  'connection.doctor_why_label': 'Kiểm tra kết nối tới {{username}}',
  'connection.doctor_progress': 'Tiến độ kiểm tra',
  'connection.doctor_failed': 'Không kiểm tra được. Hãy thử lại sau giây lát.',
  'connection.doctor_copy': 'Sao chép báo cáo',
  'connection.doctor_copied': 'Đã sao chép báo cáo. Trong đó không có tên, địa chỉ hay tin nhắn.',
  'connection.doctor_not_copied': 'Không sao chép được báo cáo. Hãy cho phép trang này dùng bộ nhớ tạm.',
  'connection.doctor_fine': 'Mọi thứ đều hoạt động.',
  'connection.doctor_unsure': 'Không thấy lỗi nào, nhưng không xem được hết mọi thứ.',
  'connection.doctor_no_network': 'Máy này không có mạng. Hãy cắm cáp hoặc vào Wi-Fi.',
  'connection.doctor_no_route':
    'Mạng không có lối ra: bộ định tuyến không cho máy này cổng ra. Hãy kết nối lại, hoặc khởi động lại bộ định tuyến.',
  'connection.doctor_dns_silent':
    'Không tra được tên. Hãy kiểm tra máy chủ DNS của máy này, hoặc dùng địa chỉ số của tracker.',
  'connection.doctor_name_unknown': 'Không có máy “{{host}}”. Hãy kiểm tra địa chỉ tracker xem có gõ sai không.',
  'connection.doctor_tracker_silent':
    'Tracker ở {{host}} cổng {{port}} không trả lời: nó tắt hoặc bị treo, hoặc tường lửa chặn cổng đó. Hãy hỏi người vận hành.',
  'connection.doctor_tracker_down':
    'Máy {{host}} có đó, nhưng không có tracker chạy ở cổng {{port}}. Hãy khởi động nó ở đó, hoặc kiểm tra cổng.',
  'connection.doctor_not_a_tracker':
    'Ở {{host}} cổng {{port}} có thứ khác trả lời, không phải tracker. Hãy kiểm tra địa chỉ.',
  'connection.doctor_portal': 'Mạng này đòi đăng nhập trước. Hãy mở trình duyệt, đăng nhập ở đó, rồi kiểm tra lại.',
  'connection.doctor_tracker_tls':
    'Kết nối bảo mật tới {{host}} thất bại ({{why}}). Hãy kiểm tra http hay https trong địa chỉ, và chứng chỉ của tracker.',
  'connection.doctor_ca_changed':
    'Đây không phải tracker mà bạn biết: nó đưa ra một cơ quan chứng thực khác. Nếu nó được lập mới, hãy chấp nhận ở chỗ thông báo chỉ ra.',
  'connection.doctor_clock_wrong': 'Đồng hồ máy này lệch {{minutes}} phút so với tracker. Hãy cho nó tự chỉnh giờ.',
  'connection.doctor_signed_out': 'Bạn đã bị đăng xuất khỏi tracker. Hãy đăng nhập bằng mật khẩu.',
  'connection.doctor_device_revoked': 'Thiết bị này đã bị thu hồi. Hãy khởi động Parley với thư mục dữ liệu mới.',
  'connection.doctor_account_disabled':
    'Tài khoản của bạn đã bị một quản trị viên của tracker khóa. Hãy nhờ họ mở lại.',
  'connection.doctor_account_pending': 'Tài khoản của bạn đang chờ một quản trị viên của tracker duyệt. Hãy nhắc họ.',
  'connection.doctor_events_blocked':
    'Có gì đó trên đường chặn kết nối trực tiếp (WebSocket), thường là proxy. Hãy dùng https, hoặc xin cho “/events” đi qua.',
  'connection.doctor_loopback_only':
    'Peer của bạn chỉ nghe máy này, nên không ai khác kết nối được. Hãy khởi động nó với --host 0.0.0.0.',
  'connection.doctor_firewall_here':
    'Tường lửa trên máy này hoặc trong bộ định tuyến đang chặn cổng TCP {{port}}. Hãy cho phép cổng đó.',
  'connection.doctor_nat_no_mapping':
    'Bộ định tuyến của bạn không cho ai vào; người khác liên lạc qua tracker. Hãy bật UPnP trong bộ định tuyến, hoặc chuyển tiếp cổng TCP {{port}} tới {{address}}.',
  'connection.doctor_wrong_forward':
    'Bộ định tuyến của bạn chuyển tiếp cổng TCP {{port}} tới máy hoặc chương trình khác. Hãy chuyển tiếp tới {{address}}.',
  'connection.doctor_double_nat':
    'Trước bộ định tuyến của bạn còn một bộ định tuyến khác, thường là của nhà mạng. Chuyển tiếp cổng không giúp được; người khác liên lạc với bạn qua tracker hoặc IPv6.',
  'connection.doctor_hard_nat':
    'Bộ định tuyến của bạn dùng cổng mới cho mỗi người (NAT đối xứng), nên chỉ có liên kết trực tiếp với người có thể kết nối tới. Hãy chuyển tiếp cổng TCP {{port}} tới {{address}}.',
  'connection.doctor_big_packets_lost':
    'Gói lớn bị mất trên đường, thường do VPN. Hãy đặt MTU (cỡ gói) của nó thành 1280.',
  'connection.doctor_relay_off':
    'Tracker không chuyển tiếp cho ai, nên không tới được người không thể kết nối trực tiếp. Hãy hỏi người vận hành.',
  'connection.doctor_relay_full':
    'Trạm chuyển tiếp đã đầy, nên lúc này không tới được người không thể kết nối trực tiếp. Sẽ thử lại; nếu kéo dài, hãy hỏi người vận hành tracker.',
  'connection.doctor_peer_hangs':
    'Peer của bạn đang chạy nhưng không trả lời. Hãy kết thúc nó rồi khởi động lại bằng “parley peer”.',
  'connection.doctor_not_running': 'Không có peer nào chạy ở đây cho hồ sơ này. Hãy khởi động bằng “parley peer”.',
  'connection.doctor_they_are_unknown': 'Ở đây không ai biết tên đó. Hãy kiểm tra chính tả.',
  'connection.doctor_they_are_away': 'Họ không trực tuyến. Điều bạn viết sẽ được giao khi họ trở lại.',
  'connection.doctor_they_have_no_peer':
    'Họ trực tuyến nhưng không có peer riêng. Điều bạn viết sẽ được giao khi họ khởi động peer.',
  'connection.doctor_they_do_not_come':
    'Họ trực tuyến, nhưng peer của họ không đến trạm chuyển tiếp: có thể nó bị treo hoặc máy đang ngủ. Hãy nhờ họ đánh thức nó, hoặc khởi động lại Parley.',
  'connection.doctor_they_are_relayed':
    'Liên kết của hai bạn đi qua tracker, vì không ai trong hai bạn cho người ngoài vào. Không ai ở đó đọc được. Nó tự thành trực tiếp khi một trong hai bạn có thể được liên lạc từ bên ngoài.',
  'connection.doctor_address_hidden':
    'Bạn ẩn địa chỉ của mình, nên mọi liên kết đều đi qua tracker. Không ai ở đó đọc được. Hãy tắt trong cài đặt (Quyền riêng tư) nếu muốn liên kết trực tiếp.',
  'connection.doctor_they_hide':
    'Họ ẩn địa chỉ của mình, nên liên kết của hai bạn đi qua tracker. Không ai ở đó đọc được.',
  'connection.doctor_they_are_shut_in':
    'Liên kết của hai bạn đi qua tracker: bạn có thể được liên lạc, nhưng mạng của họ hầu như không cho gì khác ra ngoài. Không ai ở đó đọc được. Hãy nhờ họ thử một mạng khác.',
  'connection.doctor_they_are_not_linked':
    'Họ trực tuyến, nhưng chưa tìm được đường tới họ. Hãy nhờ họ cũng kiểm tra kết nối.',
  'connection.step_network': 'Mạng của máy này',
  'connection.step_names': 'Tên của tracker',
  'connection.step_connection': 'Đường tới tracker',
  'connection.step_tracker': 'Trả lời của tracker',
  'connection.step_large packets': 'Gói lớn',
  'connection.step_clock': 'Đồng hồ',
  'connection.step_authority': 'Chứng chỉ của tracker',
  'connection.step_session': 'Phiên của bạn ở tracker',
  'connection.step_live events': 'Kết nối trực tiếp',
  'connection.step_peer': 'Peer của bạn',
  'connection.step_port': 'Cổng của nó',
  'connection.step_reach': 'Lối vào từ bên ngoài',
  'connection.step_person': 'Liên kết với người này',
};
