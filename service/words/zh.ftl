# 给人看的句子。键就是代码本身，或“类别-代码”（`skipped.no_contact` 即 `skipped-no_contact`）。键与参数须与 en.ftl 一致。
# 问题类句子说明：什么问题、在哪里、怎样改正。

### 拒绝：账单

unknown_invoice = 没有账单 { $invoice }。请先提交其 invoice.issued，或更正编号。
unknown_customer = 没有客户 { $customer }。请先提交 customer.updated，或更正编号。
invoice_exists = 账单 { $invoice } 已存在且内容不同。请用 invoice.amended 更正；编号不得重复使用。
due_required = 账单既没有到期日，也没有付款条件。请给出 due_on，或给出 P30D 这样的 terms。
due_before_issued = 到期日 { $due_on } 早于开票日 { $issued_on }。请更正其中之一。
duration_format = “{ $given }”不是期限。请写作 P30D、P2W 或 P1M。
duration_range = 期限“{ $given }”超出日历范围。请缩短。
date_out_of_range = { $given } 不在可接受的日期（{ $earliest }至{ $latest }）之内。请检查年份。
date_in_future = { $given } 尚未到来；今天是{ $today }，此处最多可晚一天。请更正日期。
date_in_past = 日期已过。请填写今天或以后的日期。
credit-unknown = 没有相符的未结账单：账单号、金额与付款人名称均无法对应。
credit-taken_back = 银行撤销了这笔入账。请冲销相应的收款。
week_unknown = 没有 { $given } 这一周。请按 ISO 8601 写周次，例如 2026-W12。
week_or_as_of = 报告只有一个截止日。请只给出 week 或 as_of 之一。
other_customer = 账单 { $invoice } 属于另一客户。付款只能核销本客户的账单。
id_differs = 正文中写的是“{ $given }”，地址中是“{ $wanted }”。请使两者一致，或在正文中省略该编号。
currency_mismatch = 币种不一致。请只写同一币种的账单和金额。
case_open = 账单 { $case } 尚未结清，不能发出结清确认函。
case_not_paid = 账单 { $case } 虽已结案，但并非因付清而结案，不能发出结清确认函。
case_closed = 账单 { $case } 已结案，无需再催收。请重新读取该案。
terms_anchor_unknown = 付款条件的起算事实尚未知晓。请先提交该事实，或给出 due_on。

### 拒绝：金额

money_format = “{ $given }”不是金额。请写 "1200.50" 这样的十进制字符串，不带符号和分隔符。
money_precision = “{ $given }”的小数位多于 { $currency } 所允许的位数。请去掉多余的小数位。
money_range = “{ $given }”超出可接受的金额。请检查位数。
currency_unknown = “{ $currency }”不是 ISO 4217 币种代码。请写 CNY、EUR 或 USD 等代码。
currency_required = 金额须有币种。请写 CNY 等 ISO 4217 代码。
amount_not_positive = 金额须大于零。请更正金额；贷项另有专门的事件。
over_allocated = 分配金额合计超过可分配的 { $limit }。请减少。
payment_exists = 付款 { $payment } 已存在且内容不同。新的付款请使用新的编号。
unknown_payment = 没有付款 { $payment }。请先提交 payment.received，或更正编号。

### 拒绝：承诺、暂停、任务、联系人

promise_too_far = 晚于{ $until }的承诺须由主管登记。请约定更早的日期，或请主管办理。
promise_open = 账单 { $case } 已有未到期的承诺。请等到承诺日，或不包括该账单。
nothing_to_promise = 这些账单都没有可承诺的未付金额。请填写未付清的账单。
promise_too_large = 承诺金额大于未付的 { $open }。承诺不得超过该数。
plan_open = 账单 { $case } 已有正在执行的分期计划。请继续执行该计划，或不包括该账单。
due_unknown = 账单 { $case } 的到期日尚不明确。请先登记其账期起算的事实。
due_not_later = 展期须晚于{ $due_on }。请填写更晚的日期。
discount_open = 账单 { $case } 已有折扣待接受。请等其兑现或失效。
discount_too_large = 折扣须小于未付的 { $open }。请减少折扣，或冲销账单。
nothing_to_dispute = 这些账单没有尚未争议的未付金额。请填写其他账单。
dispute_too_large = 此处金额最多为 { $open }。请减少金额。
disputes_exhausted = 账单 { $case } 已有 { $limit } 项未决争议。请先解决其中一项。
dispute_closed = 账单 { $case } 的争议 { $dispute } 已解决。如有新的异议，请另行登记。
unknown_dispute = 账单 { $case } 没有争议 { $dispute }。请重新读取其争议。
amount_conceded_to_nobody = 争议判为我方有理时无须让步。请不填金额，或判为客户有理。
task_ends_by_itself = 任务 { $task } 随其事项结束：请解决争议，或登记冲销。
nothing_to_plan = 这些账单没有无争议的未付金额。请填写未付清的账单。
plan_sum = 各期合计 { $sum }，而无争议的未付金额为 { $open }。两者须相等。
parts_order = 各期须按日期先后排列，且逐期递后。请更正{ $due_on }。
parts_too_small = 未付的 { $open } 无法分成这么多期。请减少期数。
parts_or_count = 请填写 parts，或填写 count 及 first_on（可加 every），二者择一。
first_on_required = 等额分期须有首期日期。请填写 first_on。
pause_too_long = 您的角色最多可暂停至{ $until }。请选更早的日期，或请主管办理。
already_paused = 账单 { $case } 已有更长的暂停。请先恢复，或选择更晚的日期。
not_paused = 账单 { $case } 未暂停，无需恢复。
unknown_task = 没有任务 { $task }。请重新读取工作清单。
task_closed = 任务 { $task } 已是 { $state } 状态。请重新读取工作清单。
record_required = 结束{ NAME($kind, of: "task_kind") }任务须有联系记录。请至少填写渠道和结果。
record_incomplete = 该任务的记录还须填写 { $field }。请补上。
unknown_contact = 该客户没有联系人 { $contact }。请先添加此人，或更正编号。
third_party = { $contact } 是第三方，不得知晓债务。请注明实际说话人，或将结果记为 reached。
third_party_details = { $contact } 是第三方，不得接收账款信息。请先更改其角色。
message_not_handed_over = 消息 { $message } 当前状态为 { $state }，不在对方处，不可能被退回。
message_not_left = 消息 { $message } 尚未发出（{ $state }），不可能有回复。
message_left = 消息 { $message } 已在发送途中或不涉及催款（{ $state }），无法暂缓。
advice_awaited = 该客户的消息 { $message } 已在等待答复。请等待。
no_advice_awaited = 消息 { $message } 并未等待答复，或已不再等待。请重新读取。
advice_by_message = 任务 { $task } 随答复结束：请提交到该消息的 advise。
no_visit = 任务 { $task } 不是拜访，无需约定时间。
cannot_decide = { $contact } 无决定权或已被标记。请与角色为 decision_maker 的联系人约定拜访。
appointment_first = 拜访须先与有决定权的人约定。请先提交该任务的 appointment，或记录未见到人。

tenant_open = { $tenant } 未关闭，无可撤销。
tenant_time_over = { $tenant } 的保留期已过，正在删除，无法恢复。
tenant_not_over = { $tenant } 仍在使用，或保留期未过。请先用 `dunlog tenant delete` 关闭，再等待。
tenant_being_deleted = { $tenant } 已在删除中。请等待，或查看另一次运行。
tenant_in_use = 在关闭 { $tenant } 之前开始的 { $transactions } 个事务仍在运行。请稍后重试；后台进程也会自动重试。
tenant_is_live = { $tenant } 是正式租户。加上 --yes 会立即关闭，并在 { $days } 天后删除；在此之前可用 --undo 恢复。
reason_names_person = 此人的其他资料清除后，该理由仍会保留。请说明理由，但不要提及此人。
answer_erased = 该请求此前已执行，当时的答复现已清除。请重新读取当前情况。
contact_exists = 联系人 { $contact } 已存在。请用 PATCH 更正，或换一个编号。
nothing_overdue = 客户 { $customer } 没有可如此处理的逾期账单。请在 cases 中指明账单。

### 拒绝：审批、停货、客户

unknown_approval = 没有审批 { $approval }。请重新读取审批列表。
approval_closed = 审批 { $approval } 已不再待批，现为 { $state } 状态。请重新读取。
approval_empty = 该审批已无内容，无法答复。请重新提出。
role_may_not_approve = 只有{ NAME($role, of: "role") }可以答复该审批。请转交其办理。
delegate_yourself = 您本人即可答复，请指定他人。
unknown_delegation = 您没有授权 { $delegation }。请用 GET /v1/delegations 查看。
delegations_exhausted = 同时生效的授权最多 { $limit } 项。请先终止一项。
four_eyes = 该审批由 { $user } 提出，其本人不得答复。须由同一角色的其他人办理。
content_changed = 审批 { $approval } 的内容已与您所见不同。请重新读取后再答复。
world_moved = 自提出以来情况已变，照办将产生不同的结果。请驳回，并重新提出。
nothing_to_reassign = 所选客户均不归 { $user } 负责，无可转交。
content_stale = 审批 { $approval } 已与现状不符：金额或日期已变。请驳回，并重新提出。
law_unknown = 没有名为“{ $given }”的诉讼时效规则。可用：{ $known }。
requests_exhausted = 该客户的账单已有 { $limit } 项审批待批。请先答复其中一些。
request_open = 已有一项待批的{ NAME($kind, of: "approval") }审批：{ $approval }。请等待答复。
flags_exhausted = 已有 { $limit } 个标记。请先去掉一个。
amount_grown = 账单 { $case } 现在的未付金额（{ $open }）大于申请时的金额（{ $agreed }）。请驳回本申请，重新提出。
evidence_too_large = 该案的事件或消息超过 { $limit } 条：请逐页读取。
not_handed_over = 账单 { $case } 未移交他人。请先提出移交。
none_handed_over = 客户 { $customer } 没有已移交的逾期账单。
before_hand_over = 该账单于 { $handed_over_on } 移交；{ $given } 在此之前。
deadlines_exhausted = 已有 { $limit } 个未结期限。请先了结其中一些。
unknown_deadline = 该案没有未结的期限 { $deadline }。
text_required = 请写明内容。
refund_exceeds_costs = 退回的 { $currency } 不得多于已支出的。
currencies_exhausted = 费用已有 { $limit } 种货币。
not_issued = 账单 { $case } 尚未开具。请等待 invoice.issued。
hold_stands = 客户 { $customer } 已停止发货，无需再次停货。
letter_needs_consent = 发出{ NAME($kind, of: "letter_kind") }须经审批，由催收方案提出。
no_recipient = 客户 { $customer } 没有可接收账款信息且有邮箱的联系人。请先添加。
no_plan = 账单 { $case } 没有执行中的分期付款协议。请先达成协议。
no_hold = 客户 { $customer } 未被停货，无需解除。
unknown_hold = 该客户没有停货 { $hold }。请使用 hold.applied 中的编号。
credit_measure_stands = { $customer } 已适用该信用条件，无须再次申请。
no_credit_measure = { $customer } 未适用该信用条件，无可解除。
credit_particulars = shorter_terms 须给出 terms，prepaid_share 须给出 percent，其他措施两者都不接受。请更正对 { $measure } 的申请。
nothing_to_review = 尚无 { $customer } 的任何资料可供复核。请先提交 customer.updated。
unknown_reconciliation = 没有对账 { $reconciliation }。请重新读取该客户的对账记录。
reconciliation_over = 对账 { $reconciliation } 已确认，或因时间过久不再等待回复。请另发一份。
reconciliation_by_answer = 此函用于核对账目：收到签章回执请以 POST /v1/reconciliations/{ $reconciliation }/confirm 登记。
nothing_to_reconcile = { $customer } 没有已发出且未结清、可供核对的账单。
unprintable = 字体中没有 { $given }。请更正含有该字符的名称或文字。
not_to_reconcile = 账单 { $case } 尚未发出、已结案或已移交。请勿列入。
nothing_differs = 这些余额与我方账目相符。请改为确认该对账。
currency_not_stated = 函中没有此币种。请使用 { $known } 之一。
customer_restricted = 不得联系 { $customer }（免打扰、已委托律师或破产）。请先解除限制，或驳回该申请。
not_restricted = 我方人员未对 { $customer } 设置该限制；ERP 所设的须在 ERP 解除。
payment_run_shape = 付款日只能有一个：请给出 weekday（1 为星期一）或 day_of_month，不可两者并用。
own_parent = 客户 { $customer } 不能是自己的母公司。请指定其他客户或 null。
parent_has_parent = 客户 { $customer } 自身有母公司 { $parent }。集团只有两级：请指定 { $parent }。
parent_has_children = 客户 { $customer } 自身是母公司（如 { $child } 的母公司）。集团只有两级：请先解除其子公司的归属。
unknown_playbook = 没有已发布的流程“{ $playbook }”。请先发布，或改用其他流程。
unknown_user = 没有用户 { $user }。请先建立该用户，或更正编号。
reports_in_circle = { $user } 将成为自己的上级。请指定另一位上级。
away_order = 缺勤在开始日 { $from } 之前就结束了。请更正其中一天。
time_zone_unknown = “{ $given }”不是时区。请写 Asia/Shanghai 或 Europe/Berlin 等名称。
country_unknown = 没有“{ $country }”的节假日历。请写 CN、DE 或 GB-ENG 等 ISO 3166 代码。
windows_order = 联系时段重叠或先后颠倒。请按一天的先后写出每段的开始和结束时间。
offset_format = “{ $given }”不是日期间隔。请写作 P7D、-P7D 或 P1M。
offset_range = 日期间隔“{ $given }”超出日历范围。请缩短。

### 请求的问题

token_not_mapped = 令牌有效，但其中的 { $claim } 在本服务没有对应者。请联系身份提供方的管理员设置。
identity_provider_away = 目前无法取得身份提供方的密钥，请稍后重试。
cell_no_date = “{ $given }”不是按 { $wanted } 书写的日期。请更正该单元格或映射中的 dates。
cell_no_amount = “{ $given }”不是如 { $wanted } 的金额。请更正该单元格或映射中的 decimal。
cell_word_unknown = “{ $given }”不在映射的词语（{ $wanted }）之中。请更正该单元格或补充该词。
mail_unreadable = 无法将其读作邮件。请连同邮件头原样发送。
mail_too_nested = 该邮件嵌套层数过多，不予读取。请交由人工处理。
mail_missing = 请仅以 raw 字段提供 base64 编码的邮件。
mail_no_base64 = raw 字段不是 base64。请将邮件原样编码。
statement_no_xml = 无法将该文本读作 XML。请原样发送银行文件。
statement_no_camt = 这不是 camt.053 或 camt.054 报文。请向银行索取其中之一。
statement_no_date = 某条目缺少有效日期（{ $where }）。请向银行索取正确的文件。
statement_no_amount = 某条目缺少带币种的有效金额（{ $where }）。请向银行索取正确的文件。
unauthorized = 缺少密钥或密钥无效。请发送 Authorization: Bearer 和本租户的密钥。
role_may_not = { NAME($role, of: "role") }角色无权进行此操作。请使用有权角色的密钥。
not_found = 此处没有该名称的内容。请检查地址和编号。
method_not_allowed = 该地址不接受这种方法。可用的方法见 Allow 头。
not_acceptable = 无法按所要求的形式答复。请接受 application/json。
conflict = 现状已有变化。请重新读取后再决定。
event_id_reused = { $source } 的事件 { $id } 此前已以不同内容提交。新的事件请使用新的编号。
idempotency_key_reused = 该 Idempotency-Key 已用于另一请求。新的请求请使用新的键。
idempotency_key_invalid = Idempotency-Key 须为 1 至 255 个可打印的 ASCII 字符。
in_progress = 使用该 Idempotency-Key 的首个请求仍在处理。请稍后再问。
field_unknown = 这里没有字段 { $field }。已知字段：{ $known }。
cursor_invalid = 该游标不是本服务所发，或属于其他筛选条件。请不带游标重新开始。
payload_too_large = 正文超过 { $limit } 字节。请拆分，或以逐行流的方式发送。
batch_too_large = 批次超过 { $limit } 个事件。请拆分，或以逐行流的方式发送。
unsupported_media_type = 此处不接受该内容类型。可用的类型见文档。
rate_limited = 请求过多。请按 Retry-After 等待后继续。
database_away = 数据库无法连接。未做任何更改；请按 Retry-After 重试。
overloaded = 等待中的请求过多。未做任何更改；请按 Retry-After 重试。
closing = 服务正在重启。已完成的保持不变；请按 Retry-After 重新发送同一请求。
busy = 另有操作正在更改同一客户。未做任何更改；请按 Retry-After 重试。
internal_error = 我方出现错误。未做任何更改；请重试，若仍出现请告知请求编号。
invalid = 请求中有无效的值，逐项列于 errors。
too_deep = JSON 嵌套超过 { $limit } 层。请减少层次。
too_many_rows = 报表超过 { $limit } 行，这种文件容纳不下。请换一种分组方式，或改要 CSV，或分页查询。
too_many_values = 正文的字段与条目超过 { $limit } 个。请减少，或分几次请求。
field_missing = 缺少必填字段。请补上。
reason_required = 此处须说明理由。请简要填写。
clock_moves_forward = 时钟现为{ $now }，只能向前。请填写该时刻或以后的时刻。
clock_moving = 时钟正在移动。请等该次请求答复后再试。
not_sandbox = 该租户为正式租户，时钟为真实时间。只有沙箱的时钟可以移动。
not_live_yet = 该租户尚未上线。{ $date }之前不对外发送任何内容。
playbook_exists = 流程 { $name } 的第 { $version } 版已发布，不再更改。请发布新版本。
template_invalid = 模板有错误，逐项列于 errors，并附行号和改正办法。
template-messages_alone = 函件没有此项：它只用于由多个部分组成的消息。
template-place_unknown = 没有占位符“{ $given }”。可用：{ $known }。
template-brace_alone = “{ $given }”单独出现。花括号内只能是占位符名称：请成对使用，或将其删去。
unknown_template = 没有模板“{ $given }”。可用种类：{ $known }。
page_unknown = 该信函没有第 { $given } 页。请改用较前的页码。
playbook_invalid = 流程有错误，逐项列于 errors，并附行号和改正办法。

raced = 另有操作同时更改了同一内容。未做任何更改；请重试。
stale = 自您读取以来内容已变化。请重新读取，并在 If-Match 中发送新的 ETag。
if_match_invalid = If-Match 中不是本服务的 ETag。请原样发送上次答复的 ETag，或不发送。
invalid_json = 正文不是有效的 JSON{ GIVEN($position) ->
    [yes] （第 { $position } 字节）。
   *[no] 。
}请检查该处附近。
unknown_field = 此处没有该字段。请检查拼写，或删去。
wrong_type = 值的类型不对；应为：{ $expected }。请更正。
not_one_of = 值不在此处允许之列：{ $options }。请选用其一。
pattern = { $shape ->
    [id] 编号须为 1 至 64 个字母、数字、点、下划线或连字符。请更正。
    [currency] 币种须为 CNY 等 ISO 4217 代码。请更正。
    [period] 账期须为 2026-01 这样的月份。请更正。
    [duration] 期限须写作 P30D、P2W 或 P1M。请更正。
   *[other] 值不符合此处要求的格式。请对照文档。
}
out_of_range = 值超出范围{ GIVEN($limit) ->
    [yes] （界限：{ $limit }）。
   *[no] 。
}请更正。
number_out_of_range = 无法处理这样的数字。请发送有限的数。
too_long = 文本超过 { $limit } 个字符。请缩短。
too_short = 文本不足 { $limit } 个字符。请填写，或不写该字段。
too_many = 列表超过 { $limit } 项。请拆分。
too_few = 列表至少须有 { $limit } 项。请填写。
bad_date = 这不是日历上的日期。请写作 YYYY-MM-DD。
bad_time = 这不是带时差的时刻。请写作 2026-03-20T09:00:00+08:00。
amount_as_number = 金额须为 "1200.50" 这样的字符串，不得为 JSON 数字：数字会丢失分位。
text_invalid = 文本含有 NUL 或损坏的 Unicode。请删去。
control_character = 文本含有此处不允许的控制字符或换行。请删去。
line_too_long = 该行超过 { $limit } 字节。请缩短事件。
charset_unsupported = 只支持 UTF-8。请以 UTF-8 编码正文。
encoding_unsupported = 不接受压缩的正文。请不压缩发送。
body_incomplete = 正文未传完即中断。请重新发送。
body_too_slow = 正文未在 { $limit } 秒内传完。请在较好的网络下重新发送。
request_too_slow = 请求行与标头未及时到达。请一次发送。
malformed_request = 该请求不是只有一种读法的 HTTP/1.1 请求。请更正标头或分帧。
headers_too_large = 请求行与标头合计超过 { $limit } 字节，或数量过多。请删去一些。
unknown_fields_too_large = 未知字段合计超过 { $limit } 字节。请删去一些。
unknown_type = 不支持该类型的事件{ GIVEN($nearest) ->
    [yes] ；相近的有：{ $nearest }。
   *[no] 。
}请检查拼写。
specversion_unsupported = 只支持 CloudEvents 1.0。请将 specversion 设为 "1.0"。
source_reserved = 该 source 为本服务保留。请填写贵方系统的名称。
data_base64_unsupported = 不支持二进制数据。请在 data 中以 JSON 发送。
tenant_exists = 租户 { $tenant } 已存在。请换一个名称。
role_unknown = 没有角色“{ $role }”。可用：{ $roles }。
unknown_key = 没有密钥 { $key }。请用 `dunlog key list` 查看现有密钥。

### 拒绝：Webhook 地址

url_malformed = 地址不是 URL。请写作 https://host/path。
url_characters = 地址含有 URL 不允许的字符。请写作 %XX。
url_too_long = 地址超过 { $limit } 个字符。请缩短。
scheme_not_allowed = 无法投递到“{ $scheme }”。请写 https 地址。
https_required = Webhook 只发往 https 地址。请使用 https，或请运维人员允许 http。
userinfo_not_allowed = 地址中含有用户名或密码。请删去：投递带有签名。
fragment_not_allowed = 地址在“#”之后还有内容。请删去。
host_missing = 地址没有主机。请写作 https://host/path。
host_invalid = 主机既不是名称也不是 IP 地址。请更正。
host_percent = 主机含有百分号。请直接书写。
host_not_ascii = 主机含有非 ASCII 字符。请写作 xn-- 形式。
host_too_long = 主机超过 { $limit } 个字符。请缩短。
port_invalid = 端口不是 1 至 65535 之间的数字。请更正。
port_not_allowed = Webhook 不可使用端口 { $port }；允许：{ $allowed }。请改用其中之一。
address_denied = { $host } 指向内部网络。请使用公网地址，或请运维人员允许该网络。

unknown_endpoint = 没有 Webhook 端点 { $endpoint }。请重新读取端点列表。
unknown_delivery = 此端点没有投递 { $delivery }。请重新读取其投递记录。
endpoint_disabled = 端点 { $endpoint } 已停用，不会收到任何内容。请先启用。
endpoints_exhausted = 已有 { $limit } 个 Webhook 端点。请删除不再使用的端点。
range_empty = 时间段的结束早于开始。请给出晚于 after 的 until。

### 各状态的标题

title-400 = 无法理解
title-401 = 缺少密钥或密钥无效
title-403 = 无权进行
title-404 = 未找到
title-405 = 方法不可用
title-406 = 没有该形式
title-408 = 太慢
title-409 = 冲突
title-410 = 已不再保存
title-412 = 内容已变化
title-413 = 过大
title-415 = 内容类型不支持
title-422 = 内容有误
title-429 = 请求过多
title-431 = 标头过大
title-500 = 我方错误
title-503 = 暂时不可用

### 步骤为何跳过

skipped-backfill = 账单登记时该步骤的日期已过。
skipped-missed = 该步骤的日期已错过，改由之后的步骤联系客户。
skipped-paused = 当日该案处于暂停。
skipped-too_late = 最后期限已过。
skipped-condition = 执行时不符合条件。
skipped-exception = 执行时符合例外情形。
skipped-level_reached = 该案已达到该级别或更高级别，未再通知。
skipped-no_contact = 客户没有可接收账款信息且有所需地址的联系人；已建立寻找联系人的任务。
skipped-restricted = 该客户不得联系（勿扰、已委托律师或破产）。
skipped-payment_run = 留待客户本周的付款日处理。
skipped-credit_stopped = 信用已经停止。
skipped-channel_not_configured = 租户未设置该渠道。
skipped-too_often = 距上一次同类任务时间太近。
skipped-hold_stands = 已停货，该账单已在停货范围内。
skipped-closed = 执行前账单已结案。

### 任务为何产生

task-confirm_bill = 请客户确认账单，并索取开票信息。
task-due_soon = 友好提醒客户账单即将到期。
task-overdue = 请客户支付全部逾期金额，并约定到账日期。
task-issue_tax_invoice = 按客户提供的信息开具发票。
task-collect_pod = 收齐签收回单。
task-help_collect = 说明需要何种协助并予以协助；案件仍由原负责人办理。
task-decide_hand_over = 决定是否移交诉讼、律师或代理机构。
task-decide_rest = 决定余款如何处理：核销、转交他人，或收回自行催收。
task-promise_broken = 承诺的款项未到：询问原因，并请客户立即付款。
task-plan_broken = 分期款项未到：询问原因，并请客户立即付清全部余款。
task-resolve_dispute = 客户对账单有异议：查明情况，并予以解决。
task-give_credit = 争议判为客户有理：请开具冲销。
task-no_contact = 寻找可接收账款信息的联系人，取得电话和邮箱。
task-next_step = 上次沟通约定的下一步已到期；内容见该次记录。
task-whose_payment = 有一笔款项可能属于这些账单。请查明归属并由 ERP 入账；旁边的备注写有银行提供的信息。
task-lost_contact = 多次被拒、退信或无人接听，已联系不上。请另寻途径，或决定后续措施。
task-reply_received = 客户已回复，请查看。完成本任务前不再自动发送消息，最多暂停两个工作日。
task-contact_crossed_out = 有联系人已被标记（号码错误、离职或搬迁）。请另找联系人及其号码。
task-confirm_visit = 拜访已结束。请当天致电确认约定事项，内容见拜访记录。
task-advice_wanted = 有消息暂缓发送：请阅读所问并在该消息的 advise 中答复。当日结束前未答复则按常规发送。
task-asks_documents = 客户索要资料。请寄送：沟通记录写明了所需内容。
task-reconciliation_silent = 对账函未收到回执。请询问是否收到，并请其签章寄回。
task-reconciliation_differs = 客户账目与我方余额不符。请查明差异：补登遗漏，或就有争议的账单提出争议。
task-review_customer = 距上次复核已满六个月：请查看客户付款情况并确定其等级。
task-do_not_contact = 不得再联系该客户：催收已停止，请决定后续处理。
task-lawyer_represented = 客户已委托律师：催收已停止，请决定后续处理。
task-insolvent = 客户已破产：催收已停止，请申报债权。
task-payment_run = 今天是客户的付款日：请对方将全部金额列入付款。
task-review_after_danger = 出现危险信号：请查看客户付款情况并确定其等级。

### 给我方人员的通知：$customer（名称）、$count（账单数）、$bills（账单号）、$about（所提醒的事项）

notice-bills_missing = { $count ->
   *[other] 有 { $count } 家月结客户没有上月账单：{ $customer }。
}
notice-bill_unsent = { $customer }：{ $count ->
   *[other] 有 { $count } 份已提交审核的账单尚未发出：{ $bills }。
}
notice-unconfirmed = { $customer }：{ $count ->
   *[other] 有 { $count } 份账单过 20 日仍未确认：{ $bills }。
}
notice-tax_invoice_missing = { $customer }：应已开具而尚未开具发票：{ $bills }。
notice-tax_invoice_not_dispatched = { $customer }：一周后到期而发票尚未寄出：{ $bills }。
notice-pod_incomplete = { $customer }：回单仍未收齐：{ $bills }。
notice-overdue_one_month = { $customer }：{ $count ->
   *[other] 有 { $count } 份账单逾期超过一个月：{ $bills }。请予协助。
}
notice-overdue_two_months = { $customer }：{ $count ->
   *[other] 有 { $count } 份账单逾期超过两个月：{ $bills }。请予协助。
}
notice-limitation_180 = { $customer }：账单 { $bills } 的诉讼时效将在半年后届满。请保全：送达催款、取得签字确认，或起诉。
notice-limitation_90 = { $customer }：账单 { $bills } 的诉讼时效将在三个月后届满。请保全：送达催款、取得签字确认，或起诉。
notice-limitation_30 = { $customer }：账单 { $bills } 的诉讼时效将在一个月后届满。请立即保全。
notice-limitation_lapsed = { $customer }：按记录，账单 { $bills } 的诉讼时效已经届满。请核实是否有未记录的中断事由。
notice-deadline_nears = { $customer }：一周后有期限到期，涉及 { $bills }。
notice-deadline_today = { $customer }：今日有期限到期，涉及 { $bills }。
notice-deadline_missed = { $customer }：期限已过而无记录，涉及 { $bills }。请记录结果，或立即处理。
notice-hold_applied = 因账款逾期，已停止向 { $customer } 发货：{ $bills }。
notice-hold_unacknowledged = { $customer }：一个工作日后 ERP 仍未确认停货（{ $about }）。
notice-task_neglected = { $customer }：任务已三个工作日未处理（{ $about }）。
notice-request_unanswered = { $customer }：有审批等待您答复（{ $about }）。
notice-dispute_unresolved = { $customer }：争议逾期未决（{ $about }）：{ $bills }。
notice-letter_unprintable = { $customer }：函件 { $about } 暂未发出：其中某个名称或文字含有字体无法显示的字符。更正后即发出。账单：{ $bills }。
notice-discount_taken = { $customer }：折扣已兑现并在此冲销，请入账（{ $about }）：{ $bills }。
notice-credit_missing = { $customer }：已同意的冲销尚未开具（{ $about }）：{ $bills }。
notice-contact_refused = { $customer }：对方拒绝付款。账单：{ $bills }。
notice-contact_evasive = { $customer }：对方推诿，不予答复。账单：{ $bills }。
notice-contact_wilful = { $customer }：对方恶意拖欠。账单：{ $bills }。
notice-payment_feed_late = 已过久未收到收款信息：在核实到账前，催收消息暂缓发送。
notice-weekly_report = { $about } 周应收账款周报已生成：本周回款、欠款客户与催收措施。
notice-backfilled = { $count ->
   *[other] 有 { $count } 份账单在步骤到期后才登记：{ $bills }。
}涉及客户：{ $customer }。
notice-credit_stop_granted = { $customer }：已同意停止赊销。请告知销售、收银和客户。
notice-hand_over_granted = { $customer }：已同意移交：{ $bills }。
notice-write_off_granted = { $customer }：已同意核销：{ $bills }。
notice-plan_granted = { $customer }：已同意分期计划：{ $bills }。
notice-extension_granted = { $customer }：已同意展期：{ $bills }。
notice-discount_granted = { $customer }：已同意折扣：{ $bills }。
notice-statement_granted = { $customer }：已同意寄送对账单：{ $bills }。
notice-propose_credit_stop = { $customer }：建议停止赊销，涉及 { $bills }。
notice-propose_hand_over = { $customer }：建议移交法务，涉及 { $bills }。
notice-propose_statement = { $customer }：应寄送对账单，涉及 { $bills }。

### 给我方人员的每日邮件：$name、$company、$on、$count（事项数、账单数）

notices-subject = 应收账款 { $on }：{ $count } 项与您有关
notices-greeting = { $name }，您好！以下是截至{ $on }与您有关的事项。
notices-closing = 待办事项请见您的任务清单。
notices-escalated = { $customer }：已升级至您（{ NAME($level, of: "level") }）：{ $bills }。
notices-asked = { $customer }：请您审批{ NAME($kind, of: "approval") }，涉及 { $bills }（{ $about }）。
notices-held = { $customer }：因 { $bills } 已停止发货。
notices-released = { $customer }：可以恢复发货。
notices-bill = { $bill }：未付 { $amount }，{ $days ->
    [0] 未逾期
   *[other] 逾期 { $days } 天
}
notices-level = 自{ $on }起由{ NAME($level, of: "level") }处理
notices-reminded = 最近一次提醒：{ $on }
notices-broken = { $count } 次承诺未兑现
notices-more = 另有 { $count } 笔

### 下一步为何到来，为何等待

schedule-after = 规则 { $rule }：{ NAME($start, of: "start") }（{ $anchor }）后 { $days } 天。
schedule-before = 规则 { $rule }：{ NAME($start, of: "start") }（{ $anchor }）前 { $days } 天。
schedule-same_day = 规则 { $rule }：{ NAME($start, of: "start") }（{ $anchor }）当天。
schedule-at_once = 规则 { $rule }：随{ NAME($start, of: "start") }（{ $anchor }）立即进行。
schedule-moved = { $on }为休息日，顺延至下一工作日。
schedule-waits_for_start = 等待{ NAME($start, of: "start") }确定。
schedule-waits_for_progress = 等至{ $until }：最近的进展在{ $progress }。
schedule-waits_for_answer = 等待审批 { $approval } 的答复。
schedule-asked_again = { $on }再次提请；此前于{ $rejected }未获同意。
schedule-waits_quietly = { $until }之前不提请审批：账单登记较晚。
schedule-waits_for_go_live = 等待租户于{ $until }上线。
schedule-after_resume = { $until }之前不进行：由人员恢复。
schedule-one_a_day = 等至{ $until }：错过的升级每个工作日补一级。
schedule-paused_promise = 因付款承诺暂停至{ $until }。
schedule-paused_plan = 因分期计划暂停至{ $until }。
schedule-paused_dispute = 因争议暂停，直至解决。
schedule-paused_draft = 因票据暂停至{ $until }到期。
schedule-paused_manual = 因人员暂停至{ $until }。
schedule-habit = 届时按客户习惯改为上门或电话。
schedule-budget = 本周对该客户的联系次数已达上限，信息推迟至{ $until }发送。
schedule-restricted = 暂不进行：该客户不得联系。
schedule-promise_check = 判断承诺是否履行：{ $until }为最后期限。
schedule-plan_check = 判断分期计划第 { $part } 期：{ $until }为最后期限。
schedule-dispute_check = 当日检查争议 { $dispute } 是否解决。
schedule-discount_ends = 折扣失效：{ $until }为最后期限。
schedule-confirmation_ends = 到期日后即使未确认也进入催收。
schedule-pause_ends = 暂停于{ $until }结束。
schedule-draft_matures = 票据于{ $until }到期。
schedule-limitation_nears = 诉讼时效于{ $until }届满前 { $days } 天通知法务。
schedule-reconciliation_unanswered = 对账函应于{ $until }前寄回；届时未回复则安排催问。
schedule-deadline_nears = { $left ->
    [7] 期限 { $deadline } 前一周通知法务。
    [0] 期限 { $deadline } 当日通知法务。
   *[other] 通知法务和经理：期限 { $deadline } 已错过。
}
schedule-taken_up = 租户上线时开始处理该案。
schedule-closed = 已结案，不再进行。
schedule-nothing = 目前没有计划中的步骤。
schedule-waits_for_look = 暂停至 { $until }：客户已回复，尚无人查看。
schedule-waits_for_advice = 暂停至 { $until } 日终：已请求上级意见。
schedule-payment_feed = 暂停：超过限定时间没有收款消息。
schedule-payment_run = 留待客户该周的付款日处理。
schedule-credit_stopped = 不再请求：自 { $on } 起已停止赊销。
schedule-hold_stands = 不再请求：自 { $on } 起已停止发货。
schedule-part_disputed = { $currency } { $amount } 有争议，暂不催收；现催收 { $currency } { $asked }。
schedule-part_covered = { $currency } { $amount } 已由汇票或分期计划覆盖，暂不催收；现催收 { $currency } { $asked }。
schedule-leaves = 已生成；将在客户下一个联系时段发出。

### 案件变化的原因

disabled-gone = 接收方答复该地址已不存在。
disabled-failing = 连续多日未能投递。
stage-issued = 账单已开出。
stage-confirmed = 客户已确认账单。
stage-due_passed = 到期日已过而未确认。
stage-hand_over = 移交已获同意。
stage-resent = 更正后的账单已重新发出。
cancelled-paused = 该案已暂停。
cancelled-confirmed = 客户已确认账单。
cancelled-resent = 更正后的账单已重新发出。
cancelled-stage_changed = 该案已进入另一阶段。
cancelled-due_date_changed = 已约定新的到期日。
cancelled-content_stale = 所涉事项已变，可重新提出。
cancelled-dispute_resolved = 争议已另行解决。
cancelled-paid = 账单已付清。
cancelled-credited = 账单已冲销。
cancelled-voided = 账单已作废。
cancelled-bills_behind_hold = 又有账单处于停货范围内。
cancelled-hand_over = 该案已移交。
cancelled-taken_back = 该案已收回。
cancelled-restricted = 该客户不得再联系。
cancelled-restriction_lifted = 该客户可以重新联系。
cancelled-answered = 客户已回复。
cancelled-written_off = 账单已核销为坏账。
cancelled-unanswered = 未在期限内答复。
resumed-person = 由人员恢复。
resumed-hand_over = 该案已移交。
resumed-until = 暂停期已满。
resumed-promise_kept = 承诺已履行。
resumed-promise_broken = 承诺未履行。
resumed-plan_agreed = 由分期计划取代。
resumed-disputed = 由争议取代。
resumed-dispute_resolved = 争议已解决。
resumed-plan_kept = 分期计划已履行。
resumed-plan_broken = 分期计划有一期未付。
resumed-plan_restored = 分期计划恢复有效。
resumed-amended = 更正后仍有应催款项。
resumed-credited = 冲销后未付金额有变。
resumed-issued = 账单已开出。
resumed-payment_reversed = 付款被退回。
resumed-draft_matured = 票据已到期。
resumed-draft_honoured = 票据已承兑。
resumed-draft_returned = 票据被退回。
draft-matured = 已到期。
draft-honoured = 已承兑。
draft-returned = 被退回。
unapplied-reversed = 付款已冲回。
unapplied-credited = 贷项使应付金额减少。
unapplied-amended = 更正使应付金额减少。
unapplied-voided = 账单已作废。
reopened-payment_reversed = 付款已冲回。
reopened-amended = 更正后仍有应付金额。
reopened-credited = 贷项变动后仍有应付金额。
released-paid = 停货所涉的最后一份账单已结案。
released-granted = 解除已获批准。
released-person = 由人员解除。
struck-closed = 消息发出前账单已结案。
struck-paused = 消息发出前该案已暂停。
struck-hand_over = 消息发出前该案已移交。
struck-restricted = 该客户不得再联系。
struck-stage_changed = 消息发出前该案已进入另一阶段。
struck-letter = 该账单已另发函件，取代此消息。
struck-erased = 消息发出前该联系人的资料已清除。
paused-promise = 有付款承诺。
paused-plan = 有分期计划。
paused-dispute = 存在争议。
paused-draft = 有未到期的票据。
paused-manual = 由人员暂停。

### 流程中的错误

playbook-shape = 此处的值不合适{ GIVEN($what) ->
    [yes] ：{ $what }。
   *[no] 。
}请对照已发布的流程。
playbook-name_invalid = “{ $given }”不能作为流程名称。请用至多 64 个小写字母、数字、连字符和下划线。
playbook-name_differs = 文本中的名称是“{ $given }”，地址中是“{ $wanted }”。请改为一致。
playbook-field_missing = 缺少“{ $name }”。请补上。
playbook-field_unknown = 此处没有“{ $name }”。请检查拼写，或删去。
playbook-wrong_type = 此处应为{ NAME($wanted, of: "shape") }，现为{ NAME($given, of: "shape") }。请更正。
playbook-not_one_of = 此处不允许“{ $given }”。请对照已发布的流程。
playbook-whole_number = “{ $given }”不是 { $least } 至 { $most } 之间的整数。请更正。
playbook-whole_days = “{ $given }”须为天数，不得为月数或负数。请写作 P3D。
playbook-word_unknown = 此处没有“{ $given }”。可用：{ $known }。
playbook-empty = 此处没有内容。请至少写一项。
playbook-at_unknown = “{ $given }”不是时点。请写 P7D 这样的间隔、“now”，或 offset、day、open_days 中恰好一项。
playbook-until_unknown = “{ $given }”不是结束条件。请写 due、confirmed、closed、P30D 这样的间隔，或某一级别。
playbook-wait_unknown = 不能等待“{ $given }”。请写 wait: without_progress: P14D。
playbook-action_unknown = “{ $given }”不是动作。请写 { $known } 中恰好一个，此外最多可有 when、unless 和 rule。
playbook-request_shape = 审批请求须有 kind、role、granted（动作列表），可有 again 和 remind_open_days；现有：{ $given }。
playbook-audience_empty = 通知须有人阅读。请至少写一个受众。
playbook-cannot_wait_for_grant = 该动作不能等待批准。请用 letter、hold 或 propose。
playbook-request_first_shape = “first” 为映射：须先同意的角色（role），以及适用的客户（when）。
playbook-select_needs_scope = 步骤“{ $step }”：select 用于筛选客户。请将其阶梯的 scope 设为 customer 或 tenant，或删去 select。
playbook-condition_needs_case = 步骤“{ $step }”：“{ $name }”须有案件，而该阶梯没有。请删去，或将 scope 设为 case。
playbook-money_format = “{ $given }”不是金额。请写 "100000" 这样的十进制字符串。
playbook-money_precision = “{ $given }”的小数位多于其币种所允许的位数。请去掉。
playbook-money_range = “{ $given }”超出可接受的金额。请检查位数。
playbook-currency_unknown = “{ $given }”的币种不是 ISO 4217 代码。请写 CNY 等代码。
playbook-offset_format = “{ $given }”不是日期间隔。请写作 P7D、-P7D 或 P1M。
playbook-offset_range = “{ $given }”超出日历范围。请缩短间隔。
playbook-start_unknown = “{ $given }”不能作为起点。可用：{ $facts }；或 level、granted、answered、letter、day_of_month、weekday。
playbook-while_not_own = “{ $name }”不是案件自身的事实，不得放在“while”下。请移到“when”。
playbook-action_shape = 动作应写成“escalate: supervisor”这样的形式。请更正。
playbook-template_unknown = 没有模板“{ $given }”。可用：{ $known }。
playbook-step_twice = 有两个步骤都叫“{ $step }”。请将其一改名。
playbook-repetition_without_end = 步骤“{ $step }”的重复没有终点。请加上 until 或 times。
playbook-repetition_stands_still = 步骤“{ $step }”原地无限重复。请给 every 一个正的间隔。
playbook-now_is_once = 步骤“{ $step }”立即执行，不能带 every、wait 和 never_after。请删去。
playbook-can_never_fire = 步骤“{ $step }”永远不会执行：{ NAME($why, of: "never") }。请更正，或删去该步骤。
playbook-level_out_of_order = 步骤“{ $step }”升至的级别不高于更早的“{ $before }”。请按级别顺序排列。
playbook-calendar_needs_scope = 步骤“{ $step }”以日历日为起点。请将其阶梯的 scope 设为 customer 或 tenant。
playbook-scope_needs_calendar = 步骤“{ $step }”属于客户或租户的阶梯，须以日历日为起点。请用 day_of_month 或 weekday。
playbook-yaml_syntax = 此处不是有效的 YAML：{ $what }。请检查缩进、冒号和引号。
playbook-yaml_text = 文件含有 YAML 不允许的字符。请保存为 UTF-8 纯文本。
playbook-yaml_empty = 文件为空。请在首行写“grammar: 1”。
playbook-yaml_documents = 文件含有多个文档。请删去“---”一行及其后的内容。
playbook-yaml_twice = 同一映射中“{ $key }”出现两次。请删去其一。
playbook-yaml_key = 键须为纯文本。请写一个词和冒号。
playbook-yaml_tag = 不允许标签“{ $tag }”。请直接写值。
playbook-yaml_alias = 别名“*{ $name }”之前没有定义。请先用“&{ $name }”定义。
playbook-yaml_too_large = 文件超过 { $limit } 字节。请缩短。
playbook-yaml_too_many = 连同别名，文件的值超过 { $limit } 个。请减少别名。
playbook-yaml_too_deep = 文件嵌套超过 { $limit } 层。请减少层次。

### 名称

role-viewer = 查询人员
role-collector = 账款专员
role-supervisor = 主管
role-manager = 经理
role-general_manager = 总经理
role-boss = 老板
role-finance = 财务
role-sales = 销售
role-quality = 质量
role-legal = 法务
role-warehouse = 出库
role-front_desk = 前台与收银
role-erp = ERP
role-admin = 管理员
role-owner = 负责人
level-none = 无
level-supervisor = 主管
level-manager = 经理
level-general_manager = 总经理
level-hold = 停货
level-formal = 催帐函
level-legal = 律师函
task_kind-call = 电话
task_kind-visit = 上门
task_kind-review = 审核
task_kind-pod = 回单
task_kind-find_contact = 寻找联系人
task_kind-assist = 协助
task_kind-finance = 财务
task_kind-legal = 法务
task_kind-follow_up = 下一步
task_kind-whose_payment = 款项归属
task_kind-documents = 寄送资料
task_kind-reconciliation = 对账函
task_kind-difference = 账目差异
task_kind-lost_contact = 失联
task_kind-reply = 回复
task_kind-confirm_call = 确认电话
approval-playbook = 发布催收方案
approval-template = 发布信函模板
approval-webhook_secret = 更换 webhook 密钥
approval-reassignment = 转交客户
approval-settings = 变更审批要求
task_kind-advise = 请示答复
approval-hold = 停货
approval-release = 解除停货
approval-letter = 催帐函
approval-lawyer_letter = 律师函
approval-plan = 分期计划
approval-extension = 展期
approval-discount = 折扣
approval-write_off = 核销
approval-credit_stop = 停止赊销
approval-credit_terms = 附条件授信
approval-credit_restore = 解除信用条件
approval-hand_over = 移交
start-statement = 账单发出
start-issued = 开票日
start-submitted = 提交审核
start-period = 账期次月
start-due = 到期日
start-confirmed = 确认
start-pod = 回单收齐
start-resent = 重新发出
start-tax_requested = 索取发票
start-tax_issued = 开具发票
start-tax_dispatched = 寄出发票
start-level = 达到该级别
start-granted = 批准
start-answered = 答复
start-letter = 发函
start-calendar = 日历日
task_kind-reconcile = 对账
task_kind-deduct = 工资扣款
task_kind-dispute = 争议
task_kind-credit = 冲销
dispute_reason-price = 价格有误
dispute_reason-discount = 未给约定的折扣
dispute_reason-not_ordered = 未曾订购
dispute_reason-contract_terms = 与合同不符
dispute_reason-service = 服务与约定不符
dispute_reason-quantity = 数量有误
dispute_reason-not_delivered = 未交货
dispute_reason-late_delivery = 交货延误
dispute_reason-damaged = 货物破损
dispute_reason-quality = 质量与约定不符
dispute_reason-duplicate = 重复开账单
dispute_reason-wrong_customer = 账单对象有误
dispute_reason-tax_invoice = 发票缺失或有误
dispute_reason-documents_missing = 单据缺失
dispute_reason-paid_already = 已付款
dispute_reason-credit_missing = 冲销缺失
dispute_reason-other = 其他原因
root_cause-pricing = 定价
root_cause-ordering = 订购
root_cause-contract = 合同
root_cause-service = 服务
root_cause-delivery = 交货
root_cause-quality = 质量
root_cause-billing = 开账
root_cause-documents = 单据
root_cause-posting = 入账
root_cause-customer = 客户原因：账单无误
root_cause-unknown = 不明
task_kind-restriction = 受限客户
never-stage = 条件排除了所有阶段
never-level = 条件排除了所有级别
never-until_due = 到期日后才开始，而在到期日结束
never-until_before_at = 结束早于开始
never-never_after_before_at = 最后期限早于首日
never-monthly = 关于“monthly”的条件互相矛盾
never-pod = 关于“pod”的条件互相矛盾
never-pod_complete = 关于“pod_complete”的条件互相矛盾
never-confirmed = 关于“confirmed”的条件互相矛盾
never-tax_wanted = 关于“tax_wanted”的条件互相矛盾
never-tax_issued = 关于“tax_issued”的条件互相矛盾
never-tax_dispatched = 关于“tax_dispatched”的条件互相矛盾
shape-array = 列表
shape-object = 映射
shape-str = 文本
shape-int = 整数
shape-bool = true 或 false

nothing_to_change = 没有要更改的内容。请至少给出一个字段。
now_or_follow = 请给出 now 或 follow: true 二者之一。

unknown_parameter = 不认识此参数。请检查拼写，或去掉它。
repeated_parameter = 此参数出现了不止一次。请只给一次。
schedule-waits_for_stage = 等待案件进入{ NAME($stage, of: "case_stage") }阶段。
schedule-level_reached = 不再执行：案件已处于此级别或更高（{ NAME($level, of: "level") }）。
schedule-condition = 按目前情况不执行：条件不满足（{ $names }）。
case_stage-review = 审核
case_stage-confirmation = 核对确认
case_stage-collection = 催收
case_stage-legal = 法务
start-flag = 标记
action-message = { $channel ->
    [sms] 给客户发短信
    [letter] 给客户发函
   *[email] 给客户发邮件
}
action-task = 任务：{ NAME($kind, of: "task_kind") }（{ NAME($role, of: "role") }）
action-notice = 通知（{ $audience }）
action-letter = 函件（{ NAME($kind, of: "letter_kind") }）
action-request = 请求批准：{ NAME($kind, of: "approval") }（{ NAME($role, of: "role") }）
action-escalate = 升级：{ NAME($level, of: "level") }
action-hold = 停止出库
action-propose = 建议：{ NAME($what, of: "approval") }
step-confirmation-ends = 开始催收
step-promise-check = 判定付款承诺
step-plan-check = 判定分期付款
step-dispute-check = 检查未决争议
step-discount-ends = 折扣失效
step-pause-ends = 恢复联系
step-draft-matures = 票据到期
step-limitation-warning = 提醒法务：诉讼时效即将届满
step-reconciliation-unanswered = 催问对账函回执
step-deadline-warning = 通知期限
step-take-up = 开始处理案件
letter_kind-formal_dunning = 催帐函
letter_kind-reconciliation = 对账函
letter_kind-credit_stop = 停止赊销通知
letter_kind-lawyer = 律师函
letter_kind-hold_notice = 停货通知
letter_kind-payment_plan = 分期付款协议
letter_kind-paid_in_full = 款项结清确认函
sheet-open_days = 自今日起三个工作日内。
sheet-before_escalation = 案件将于{ $before }升级，须在此之前的最后一个工作日付款。
skipped-asked_already = 该账单已有同类申请待批，或已获批准。
playbook-action_needs_customer = 步骤“{ $step }”：“{ $name }”需要客户，而租户级阶梯没有客户。请将阶梯的 scope 设为 customer，或改用 notice。
playbook-select_needs_tenant = 步骤“{ $step }”：客户级阶梯按账单触发，找不到没有账单的客户。请将 scope 设为 tenant，或删除 without_bill_for。
playbook-calendar_comes_by_itself = 步骤“{ $step }”会在每个这样的日历日自动触发。请删除 at、every 和 times；可以用 until 结束。
playbook-calendar_needs_when = 步骤“{ $step }”：“{ $name }”可能在其日期之后才成立。请将其从 while 移到 when。
task-relationship = 电话联络：询问账单是否收到、是否无误、是否已安排付款。
task-ask_cause = 询问未付款的原因和付款日期；原因必须记录。
task-statement_received = 询问对账单是否收到，请对方确认或签收。
task-on_site = 账单到期仍未确认：请上门现场对账。
task-state_debt = 依次联系单位、住宅、手机，再联系亲友同事（仅请其转告回电）。核实身份后说明欠款，要求立即付款。
task-follow_up = 再次致电：号码是否有效、属于何人，本人是否在职，工作和住址有无变化，目前情况如何，还款意愿和能力如何。
task-repayment_plan = 还款能力不足：协商还款计划。
task-payroll_deduction = 请从工资中扣除这些账单的未付金额。
notice-wilful_delay = 账款专员反映 { $customer } 恶意拖延付款：{ $bills }。
notice-statement_waits = { $customer }：本月对账单等待您批准（{ $bills }）。
letter_kind-reminder = 付款提醒函
letter_kind-urgent = 紧急催款函
letter_kind-stern = 严正催款函
letter_kind-final_notice = 最后通知
letter_kind-statement = 对账单

# 任务在工作清单中的排序原因

worth-amount = { $bills } 张账单共欠 { $amount }。
worth-age = 最早的一张已逾期 { $days } 天：拖得越久，收回越难。
worth-broken_promise = 已有 { $broken } 次承诺未兑现。
worth-reliability = { $promises } 次承诺中兑现了 { $kept } 次。
worth-limitation = 诉讼时效将于 { $on } 届满。
worth-now = 现在正是最佳通话时间，至 { $until }。
schedule-after_pause = 规则 { $rule }：暂停期间到期事项中最近的一项。
nothing_to_move = 没有需要转到“{ $playbook }”的未结案件：所指案件已在该版本，或已结案。
unknown_step = 本案件的流程“{ $playbook }”中没有步骤“{ $step }”。请不带该参数读取日程。
schedule-calendar = 规则 { $rule }：日历日为 { $on }。
schedule-unconfirmed = 等待客户确认，或到期日（{ $due }）已过仍未确认。
schedule-no_contact = 暂停：客户没有可接收账款明细且具备所需联系方式的联系人。
schedule-channel_not_configured = 暂停：租户尚未设置该渠道。
schedule-over = 不再执行：最后一次为 { $on }。
schedule-never = 不会执行：其日期已过，或所需条件对该账单不可能成立。

### What-if

text_or_shipped = 请给出 text（YAML 文本）或 shipped（随服务提供的方案名称），二者择一。
text_or_version = 请给出 text（草稿）、version（已发布的版本）或 shipped（随服务提供的方案）三者之一。
simulation_period = 第一天须已开始，不得晚于最后一天，且二者相距至多十年；最后一天至多在一年之后。请更正 from 或 to。
simulation_running = 另一次推演正在进行。请在 Retry-After 之后重试，或使用 dunlog simulate。
whatif-facts = 账单、付款、确认、承诺、争议和沟通均按当时发生的样子出现。客户在别的情形下会怎样做，无人知晓。
whatif-answers = 审批请求的答复与当时相应的那一次相同，所需时间也相同；没有对应者的请求无人答复。对不存在的任务或停货所做的操作不计入，另行计数。
whatif-opened = 第一天尚未结清的案件自当天起改用该方案：它在更早日子里会说的不再补说，更早日子的升级和请求随后补上。之后的账单直接按它开立。
whatif-today = 设置、时段和节假日按当时的；我方人员、可用渠道和用于筛选的客户分级按今天的。
whatif-messages = 消息在决定发送时计数。是否送达、是否因请示上级或付款数据延迟而被暂缓，不在推演之内。
whatif-company = 按日历审视整个公司的步骤不在推演之内。
whatif-ahead = 对尚未到来的日子，假定不再有人付款、答复或同意。
### 纸质周报：标题与栏目

week-title = 应收账款周报（{ $week } 周）
week-title_of_day = 应收账款报告（截至 { $last } 的七天）
week-span = { $first }至{ $last }{ GIVEN($moment) ->
    [yes] ，按 { $moment } 已知情况
   *[no] {""}
}
week-page = 第 { $page } 页，共 { $pages } 页
week-figures = 概览
week-ageing = 账龄（{ $currency }）
week-ageing_others = 账龄（其他币种）
week-targets = { $month }各催收员回款
week-targets_more = 另有 { $count } 人
week-overdue = 逾期金额最大的客户（{ $currency }）
week-promises = 本周到期的付款承诺与预计回款
week-disputes = 争议
week-escalations = 本周升级
week-holds = 停止发货
week-measures = 本周催收措施
week-notes = 逾期天数以最早到期的账单计；联系次数为最近 { $days } 天；不同币种不合计，预收款不抵减。DSO 为应收账款周转天数，按 90 天计算。
week-col_currency = 币种
week-col_received = 本周回款
week-col_received_before = 上周回款
week-col_open = 应收余额
week-col_overdue = 逾期
week-col_dso = DSO
week-col_best = 最佳 DSO
week-col_late = 平均拖欠天数
week-col_bucket = 逾期天数
week-col_change = 较上周
week-col_current = 未到期
week-col_days_1_30 = 1–30
week-col_days_31_60 = 31–60
week-col_days_61_90 = 61–90
week-col_days_91_180 = 91–180
week-col_over_180 = > 180
week-col_total = 合计
week-col_collector = 催收员
week-col_collected = 已回款
week-col_target = 目标
week-col_share = 完成率
week-col_of_open = 占应收余额
week-col_customer = 客户
week-col_days = 天数
week-col_bills = 账单
week-col_owner = 负责人
week-col_measures = 已采取措施
week-col_kept = 已兑现
week-col_broken = 未兑现
week-col_waiting = 待判定
week-col_expected_week = 7 天内预计
week-col_expected = 预计合计
week-col_standing = 未决
week-col_amount = 金额
week-col_age = 平均天数
week-col_opened = 新增
week-col_solved = 已解决
week-col_level = 级别
week-col_customers = 客户
week-col_what = 事项
week-col_count = 次数
week-col_held = 目前停止
week-col_applied = 新停止
week-col_released = 已恢复
week-now = 本周
week-before = 上周
week-at_level = 已升级至{ NAME($level, of: "level") }
week-contacted = 联系 { $count } 次，最近 { $last }
week-not_contacted = 未联系
week-promised = 承诺 { $amount }
week-contested = 争议 { $amount }
week-held_since = 自 { $since } 起停止发货
week-measure_contact_logged = 联系客户
week-measure_promise_made = 获得承诺
week-measure_plan_agreed = 达成分期
week-measure_dispute_opened = 新争议
week-measure_case_escalated = 账单升级
week-measure_case_written_off = 账单核销
week-measure_case_handed_over = 账单移交
week-measure_letter_issued = 发出函件
week-measure_hold_applied = 停止发货
week-measure_hold_released = 恢复发货
