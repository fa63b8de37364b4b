# The sentences people read. A key is the code itself, or family-code (`skipped.no_contact` is `skipped-no_contact`).
# Problems say what, where and how to mend it. The parameters behind a `#` come from whoever asks for the sentence.

### Refusals: bills

unknown_invoice = No bill { $invoice } is known here. Post its invoice.issued first, or correct the number.
unknown_customer = No customer { $customer } is known here. Post customer.updated first, or correct the id.
invoice_exists = Bill { $invoice } exists already with other content. Correct it with invoice.amended; ids are never used twice.
due_required = The bill says neither when it is due nor its terms. Give due_on, or terms such as P30D.
due_before_issued = The due date { $due_on } lies before the issue date { $issued_on }. Correct one of the two.
duration_format = “{ $given }” is no duration. Write P30D, P2W or P1M.
duration_range = The duration “{ $given }” leads beyond the calendar. Give a shorter one.
date_out_of_range = { $given } is outside the days accepted here, { $earliest } to { $latest }. Check the year.
date_in_future = { $given } lies ahead; today is { $today }, and this may be at most one day later. Correct the date.
date_in_past = The date has passed. Name today or a later day.
credit-unknown = No open bill fits: neither number, amount nor the payer’s name leads to one.
credit-taken_back = The bank takes this credit back. Reverse the payment that it was.
week_unknown = There is no week { $given }. Write a week of ISO 8601 such as 2026-W12.
week_or_as_of = A report has one last day. Give either week or as_of.
other_customer = Bill { $invoice } belongs to another customer. A payment can settle only its own customer’s bills.
id_differs = The body names “{ $given }”, the address “{ $wanted }”. Make them the same, or leave the id out of the body.
currency_mismatch = The currencies differ. Name bills and amounts of one and the same currency.
case_open = Bill { $case } is still open. A letter cannot say that it is paid.
case_not_paid = Bill { $case } has ended, but not by payment. A letter cannot say that it is paid.
case_closed = Bill { $case } is closed; there is nothing left to collect. Read the case again.
terms_anchor_unknown = The terms count from a fact that is not known yet. Post that fact, or give due_on.

### Refusals: money

money_format = “{ $given }” is no amount. Write a decimal string such as "1200.50", without signs or separators.
money_precision = “{ $given }” has more decimals than { $currency } knows. Leave them out.
money_range = “{ $given }” is larger than any amount accepted here. Check the number of digits.
currency_unknown = “{ $currency }” is no currency code of ISO 4217. Write one such as CNY, EUR or USD.
currency_required = An amount needs its currency. Name it as an ISO 4217 code such as CNY.
amount_not_positive = The amount must be more than nothing. Correct the amount; credits have an event of their own.
over_allocated = The allocations add up to more than the { $limit } there is to allocate. Lower them.
payment_exists = Payment { $payment } exists already with other content. Give a new payment an id of its own.
unknown_payment = No payment { $payment } is known here. Post payment.received first, or correct the id.

### Refusals: promises, pauses, tasks, contacts

promise_too_far = A promise beyond { $until } needs a supervisor. Agree an earlier day, or ask one.
promise_open = Bill { $case } has an open promise already. Wait for its day, or leave the bill out.
nothing_to_promise = None of these bills has anything open to promise. Name bills that are open.
promise_too_large = The promise is larger than the { $open } still open. Promise at most that.
plan_open = Bill { $case } has a plan that runs. Let it run, or leave the bill out.
due_unknown = It is not known yet when bill { $case } falls due. Post the fact that its terms count from first.
due_not_later = An extension leads to a day after { $due_on }. Name a later one.
discount_open = A discount on bill { $case } is offered already. Wait until it is taken or has lapsed.
discount_too_large = The discount must be less than the { $open } that are open. Lower it, or credit the bill.
nothing_to_dispute = Nothing on these bills is open and not disputed already. Name bills that are.
dispute_too_large = At most { $open } can be meant here. Lower the amount.
disputes_exhausted = { $limit } disputes about bill { $case } are open already. Have one of them resolved first.
dispute_closed = Dispute { $dispute } about bill { $case } is resolved already. Open a new one if there is more to say.
unknown_dispute = There is no dispute { $dispute } about bill { $case }. Read its disputes again.
amount_conceded_to_nobody = Nothing is conceded when a dispute is resolved for us. Leave the amount out, or resolve it for the customer.
task_ends_by_itself = Task { $task } ends with what it is about: resolve the dispute, or post the credit.
nothing_to_plan = Nothing undisputed is open on these bills. Name bills that are open.
plan_sum = The parts add up to { $sum }, while { $open } is open and undisputed. Make them equal.
parts_order = The parts stand in the order of their days, each later than the one before. Correct { $due_on }.
parts_too_small = The { $open } that are open cannot be split into so many parts. Ask for fewer.
parts_or_count = Give either parts, or count with first_on and perhaps every.
first_on_required = Equal parts need the day of the first one. Give first_on.
pause_too_long = Your role may pause until { $until } at most. Choose an earlier day, or ask a supervisor.
already_paused = Bill { $case } is paused already for longer. Resume it first, or choose a later day.
not_paused = Bill { $case } is not paused; there is nothing to resume.
unknown_task = No task { $task } is known here. Read the work list again.
task_closed = Task { $task } is already { $state }. Read the work list again.
record_required = This task ({ NAME($kind, of: "task_kind") }) ends with a contact record. Say at least channel and outcome.
record_incomplete = This task’s record also needs { $field }. Add it.
unknown_contact = No contact { $contact } is known for this customer. Add the person first, or correct the id.
third_party = { $contact } is a third party and knows nothing of the debt. Record who it was said by, or “reached”.
third_party_details = { $contact } is a third party and learns nothing. Give another role first.
message_not_handed_over = Message { $message } is not with the far side ({ $state }): it cannot have come back from there.
message_not_left = Message { $message } has not left ({ $state }); nobody can have answered it.
message_left = Message { $message } is on its way or asks for nothing ({ $state }); it cannot be held back.
advice_awaited = Message { $message } of this customer waits for advice already. Wait for the answer.
no_advice_awaited = Message { $message } does not wait for advice, or no longer. Read it again.
advice_by_message = Task { $task } ends with the answer: post it to the message’s advise.
no_visit = Task { $task } is no visit; there is nothing to arrange.
cannot_decide = { $contact } cannot decide, or is crossed out. Arrange the visit with a contact whose role is decision_maker.
appointment_first = A visit begins with an appointment with somebody who can decide. Post it to the task’s appointment first, or record that nobody was met.

tenant_open = { $tenant } is not closed. There is nothing to undo.
tenant_time_over = The time of { $tenant } is over: it is being deleted and cannot come back.
tenant_not_over = { $tenant } is open, or its time is not over. Close it with `dunlog tenant delete`, then wait.
tenant_being_deleted = { $tenant } is being deleted already. Wait, or look at the other run.
tenant_in_use = { $transactions } transactions that began before { $tenant } was closed are still running. Try again later; a worker does so by itself.
tenant_is_live = { $tenant } is live. With --yes it is closed at once and deleted after { $days } days; until then --undo opens it again.
reason_names_person = The reason stays when everything else of the person goes. Say why without naming them.
answer_erased = This was carried out before; what was answered has been erased since. Read how things stand now.
contact_exists = There is a contact { $contact } already. Correct the person with PATCH, or give another id.
nothing_overdue = Nothing of { $customer } is overdue that this could be done to. Name the bills in cases.

### Refusals: approvals, holds, customers

unknown_approval = No request { $approval } is known here. Read the list of approvals again.
approval_closed = Request { $approval } is no longer open: it is { $state }. Read it again.
approval_empty = This request has lost its content and cannot be answered. Ask for it anew.
role_may_not_approve = Only { NAME($role, of: "role") } may answer this request. Pass it on to them.
delegate_yourself = You answer in your own place anyway. Name somebody else.
unknown_delegation = There is no delegation { $delegation } of yours. List them with GET /v1/delegations.
delegations_exhausted = At most { $limit } delegations hold at a time. End one before you give another.
four_eyes = { $user } asked for this and may not answer it. Somebody else with the role must.
content_changed = Request { $approval } no longer says what you saw. Read it again, then answer.
world_moved = Things have changed since this was asked: carrying it out would do something else. Reject it, and have it asked anew.
nothing_to_reassign = Of those customers nothing is { $user }'s. There is nothing to give to others.
content_stale = Request { $approval } is not about how things stand any more: an amount or a day has moved on. Reject it, and have it asked anew.
law_unknown = No rules of limitation are known as “{ $given }”. Known: { $known }.
requests_exhausted = { $limit } requests about this customer’s bills are waiting already. Have some of them answered first.
request_open = Such a request ({ NAME($kind, of: "approval") }) is open already: { $approval }. Wait for its answer.
flags_exhausted = There are { $limit } marks already. Take one off first.
amount_grown = More is open on bill { $case } now ({ $open }) than was asked for ({ $agreed }). Reject this request and ask anew.
evidence_too_large = More than { $limit } events or messages belong to the case: read them page by page instead.
not_handed_over = Bill { $case } is with nobody else. Ask to hand it over first.
none_handed_over = None of { $customer }’s overdue bills is handed over.
before_hand_over = The bill was handed over on { $handed_over_on }; { $given } lies before.
deadlines_exhausted = { $limit } deadlines are open already. End some of them first.
unknown_deadline = The case has no open deadline { $deadline }.
text_required = Say what it is about.
refund_exceeds_costs = No more can come back than has been spent in { $currency }.
currencies_exhausted = Costs stand in { $limit } currencies already.
not_issued = Bill { $case } has not been issued yet. Wait for invoice.issued.
hold_stands = Deliveries to { $customer } are stopped already. There is nothing more to apply.
letter_needs_consent = { NAME($kind, of: "letter_kind") } goes out with consent only. The playbook asks for it.
no_recipient = Nobody at { $customer } may receive account details by e-mail. Add such a contact first.
no_plan = Bill { $case } has no payment plan that runs. Agree one first.
no_hold = No hold stands for { $customer }. There is nothing to release.
unknown_hold = No hold { $hold } stands for this customer. Name the one from hold.applied.
credit_measure_stands = This condition stands already for { $customer }. There is nothing more to ask for.
no_credit_measure = No such condition stands for { $customer }. There is nothing to lift.
credit_particulars = shorter_terms needs terms, prepaid_share needs percent, and no other measure takes either. Correct the request for { $measure }.
nothing_to_review = Nothing is known of { $customer } that could be reviewed. Post customer.updated first.
unknown_reconciliation = No reconciliation { $reconciliation } is known here. Read the customer’s reconciliations again.
reconciliation_over = Reconciliation { $reconciliation } is confirmed already, or so old that no answer is awaited. Send a new one.
reconciliation_by_answer = This letter compares books: tell that it came back signed with POST /v1/reconciliations/{ $reconciliation }/confirm.
nothing_to_reconcile = Nothing of { $customer } is out and open that could be compared.
unprintable = No font here shows { $given }. Correct the name or text that holds it.
not_to_reconcile = Bill { $case } is not out, closed, or with others. Leave it out.
nothing_differs = By these balances the customer’s books show what ours do. Confirm the reconciliation instead.
currency_not_stated = The letter says nothing in this currency. Name one of { $known }.
customer_restricted = Nobody may write to { $customer } (do-not-contact, lawyer or insolvency). Lift the restriction first, or reject the request.
not_restricted = None of ours has put this restriction on { $customer }. What the ERP says is lifted there.
payment_run_shape = A payment run has one day: give weekday (1 is Monday) or day_of_month, not both.
own_parent = Customer { $customer } cannot be its own parent. Name another customer, or null.
parent_has_parent = Customer { $customer } has a parent itself, { $parent }. Families have two generations: name { $parent }.
parent_has_children = Customer { $customer } is a parent itself, of { $child } for one. Families have two generations: take the parent from its children first.
unknown_playbook = No playbook “{ $playbook }” is published. Publish it first, or name another.
unknown_user = No user { $user } is known here. Create the user first, or correct the id.
reports_in_circle = { $user } would stand above themselves. Name another superior.
away_order = The absence ends before it begins on { $from }. Correct one of the two days.
time_zone_unknown = “{ $given }” is no time zone. Write one such as Asia/Shanghai or Europe/Berlin.
country_unknown = No holiday calendar is known for “{ $country }”. Write an ISO 3166 code such as CN, DE or GB-ENG.
windows_order = The contact windows overlap or run backwards. Give each as opening and closing time, in order of the day.
offset_format = “{ $given }” is no distance in days. Write P7D, -P7D or P1M.
offset_range = The distance “{ $given }” leads beyond the calendar. Give a shorter one.

### Problems of a request

token_not_mapped = The token is good, but { $claim } names nobody here. Ask whoever runs the identity provider to set it.
identity_provider_away = The identity provider cannot be asked for its keys now. Try again soon.
cell_no_date = “{ $given }” is no day as { $wanted } writes it. Correct the cell, or `dates` in the map.
cell_no_amount = “{ $given }” is no amount such as { $wanted }. Correct the cell, or `decimal` in the map.
cell_word_unknown = “{ $given }” is none of the map’s words ({ $wanted }). Correct the cell, or add the word.
mail_unreadable = This cannot be read as a mail. Send it as it came, headers and all.
mail_too_nested = This mail has mails within mails beyond what is read. Leave it to people.
mail_missing = Give the mail as the one field raw, in base64.
mail_no_base64 = The field raw is no base64. Encode the mail as it came.
statement_no_xml = The text cannot be read as XML. Send the bank’s file as it is.
statement_no_camt = This is no camt.053 or camt.054 message. Ask the bank for one of these.
statement_no_date = An entry has no valid date ({ $where }). Ask the bank for a correct file.
statement_no_amount = An entry has no valid amount with its currency ({ $where }). Ask the bank for a correct file.
unauthorized = The key is missing or not valid. Send Authorization: Bearer and a key of this tenant.
role_may_not = The role { NAME($role, of: "role") } may not do this. Use a key of a role that may.
not_found = There is nothing of that name here. Check the address and the id.
method_not_allowed = This address does not take that method. The Allow header lists those it takes.
not_acceptable = The answer cannot be given in the form asked for. Accept application/json.
conflict = Things stand otherwise now. Read again, then decide.
event_id_reused = Event { $id } of { $source } came before with other content. Give a new event an id of its own.
idempotency_key_reused = This Idempotency-Key was used with another request. Use a new key for a new request.
idempotency_key_invalid = The Idempotency-Key must be 1 to 255 printable ASCII characters.
in_progress = The first request with this Idempotency-Key is still under way. Ask again in a moment.
field_unknown = There is no field { $field } here. Known are: { $known }.
cursor_invalid = The cursor is not one of ours, or belongs to other filters. Start again without it.
payload_too_large = The body is larger than { $limit } bytes. Split it, or send a stream of lines.
batch_too_large = The batch has more than { $limit } events. Split it, or send a stream of lines.
unsupported_media_type = This content type is not understood here. The documentation lists the accepted ones.
rate_limited = Too many requests. Wait as long as Retry-After says, then go on.
database_away = The database cannot be reached. Nothing was done; try again as Retry-After says.
overloaded = Too many requests are waiting. Nothing was done; try again as Retry-After says.
closing = The service is being restarted. What was done stays done; send the same call again as Retry-After says.
busy = Somebody else is changing the same customer. Nothing was done; try again as Retry-After says.
internal_error = Something went wrong on our side. Nothing was done; try again, and name the request id if it stays.
invalid = The request holds invalid values; each is listed in errors.
too_deep = The JSON is nested deeper than { $limit } levels. Flatten it.
too_many_rows = The report has more than { $limit } rows, too many for such a file. Group by something else, or ask for CSV or page by page.
too_many_values = The body has more than { $limit } fields and items. Leave some out, or ask several times.
field_missing = This field is required. Add it.
reason_required = A reason is needed here. Say why in a few words.
clock_moves_forward = The clock stands at { $now } and moves forward only. Name that instant or a later one.
clock_moving = The clock is being moved already. Wait until that has answered.
not_sandbox = This tenant is live: its clock is real. Only a sandbox’s clock can be moved.
not_live_yet = This tenant has not gone live. Nothing goes out before { $date }.
playbook_exists = Version { $version } of playbook { $name } is published and never changes. Publish a new version.
template_invalid = The template has mistakes; each is listed in errors with line and remedy.
template-messages_alone = A letter has no such text: it belongs to messages, which have several parts.
template-place_unknown = There is no place “{ $given }”. Known: { $known }.
template-brace_alone = “{ $given }” stands alone. Braces hold the name of a place and nothing else: close them around one, or leave the brace out.
unknown_template = There is no template “{ $given }”. Kinds: { $known }.
page_unknown = The letter has no page { $given }. Ask for an earlier one.
playbook_invalid = The playbook has mistakes; each is listed in errors with line and remedy.

raced = Others changed the same thing at the same moment. Nothing was done; try again.
stale = It has changed since you read it. Read it again and send the new ETag in If-Match.
if_match_invalid = If-Match holds no ETag of ours. Send the ETag of the last answer as it came, or leave it out.
invalid_json = The body is not valid JSON{ GIVEN($position) ->
    [yes] {" "}(byte { $position }).
   *[no] .
} Check it near that place.
unknown_field = This field is not known here. Check its spelling, or leave it out.
wrong_type = This value is of the wrong type; wanted: { $expected }. Correct it.
not_one_of = This value is not one of those allowed here: { $options }. Choose one of them.
pattern = { $shape ->
    [id] An id has 1 to 64 letters, digits, dots, underscores or hyphens. Correct it.
    [currency] A currency is a code of ISO 4217 such as CNY. Correct it.
    [period] A period is a month such as 2026-01. Correct it.
    [duration] A duration is written P30D, P2W or P1M. Correct it.
   *[other] This value does not have the form wanted here. Compare it with the documentation.
}
out_of_range = This value is out of range{ GIVEN($limit) ->
    [yes] {" "}(limit: { $limit }).
   *[no] .
} Correct it.
number_out_of_range = This is no number that can be handled. Send a finite one.
too_long = This text is longer than { $limit } characters. Shorten it.
too_short = This text is shorter than { $limit ->
    [one] one character
   *[other] { $limit } characters
}. Fill it in, or leave the field out.
too_many = This list has more than { $limit } items. Split it.
too_few = This list needs at least { $limit ->
    [one] one item
   *[other] { $limit } items
}. Fill it in.
bad_date = This is no date of the calendar. Write YYYY-MM-DD.
bad_time = This is no instant with its offset. Write 2026-03-20T09:00:00+08:00.
amount_as_number = An amount must be a string such as "1200.50", not a JSON number: numbers lose cents.
text_invalid = The text holds a NUL or broken Unicode. Remove it.
control_character = The text holds a control character or a line break that may not stand here. Remove it.
line_too_long = This line is longer than { $limit } bytes. Shorten the event.
charset_unsupported = Only UTF-8 is understood. Encode the body as UTF-8.
encoding_unsupported = Compressed bodies are not accepted. Send it uncompressed.
body_incomplete = The body broke off before its end. Send it again.
body_too_slow = The body did not come within { $limit } seconds. Send it again over a better connection.
request_too_slow = The request line and its headers did not come in time. Send them at once.
malformed_request = This is no HTTP/1.1 request that can be read in one way only. Correct its headers or its framing.
headers_too_large = The request line and its headers are more than { $limit } bytes, or too many. Leave some out.
unknown_fields_too_large = The fields unknown here are larger than { $limit } bytes together. Leave some out.
unknown_type = Events of this type are not understood here{ GIVEN($nearest) ->
    [yes] ; similar: { $nearest }.
   *[no] .
} Check its spelling.
specversion_unsupported = Only CloudEvents 1.0 is understood. Set specversion to "1.0".
source_reserved = This source is reserved for the service itself. Name your own system.
data_base64_unsupported = Binary data are not understood. Send the data as JSON in data.
tenant_exists = There is a tenant { $tenant } already. Choose another name.
role_unknown = There is no role “{ $role }”. Known: { $roles }.
unknown_key = No key { $key } is known here. `dunlog key list` shows those there are.

### Refusals: webhook addresses

url_malformed = The address is no URL. Write https://host/path.
url_characters = The address holds characters a URL may not have. Write them as %XX.
url_too_long = The address is longer than { $limit } characters. Shorten it.
scheme_not_allowed = “{ $scheme }” cannot be delivered to. Write an https address.
https_required = Webhooks go to https addresses only. Use https, or ask the operator to allow http.
userinfo_not_allowed = The address holds a user name or password. Leave them out: deliveries are signed.
fragment_not_allowed = The address has a part after “#”. Leave it out.
host_missing = The address names no host. Write https://host/path.
host_invalid = The host is neither a name nor an address. Correct it.
host_percent = The host holds percent signs. Write it plainly.
host_not_ascii = The host holds other than ASCII characters. Write it in its xn-- form.
host_too_long = The host is longer than { $limit } characters. Shorten it.
port_invalid = The port is no number between 1 and 65535. Correct it.
port_not_allowed = Port { $port } is not open to webhooks; allowed: { $allowed }. Use one of those.
address_denied = { $host } leads into a private network. Use a public address, or ask the operator to allow that network.

unknown_endpoint = No webhook endpoint { $endpoint } is known here. Read the list of endpoints again.
unknown_delivery = No delivery { $delivery } is known for this endpoint. Read its deliveries again.
endpoint_disabled = Endpoint { $endpoint } is disabled and gets nothing. Enable it first.
endpoints_exhausted = There are { $limit } webhook endpoints already. Remove one that is no longer used.
range_empty = The range ends before it begins. Give an until that is later than after.

### Titles of problems, by status

title-400 = Not understood
title-401 = Key missing or not valid
title-403 = Not allowed
title-404 = Not found
title-405 = Method not allowed
title-406 = Not available in that form
title-408 = Too slow
title-409 = Conflict
title-410 = No longer kept
title-412 = Changed in the meantime
title-413 = Too large
title-415 = Content type not understood
title-422 = Not acceptable as it stands
title-429 = Too many requests
title-431 = Headers too large
title-500 = Our mistake
title-503 = Not available just now

### Why a step was skipped

skipped-backfill = Its day had passed before the bill was recorded here.
skipped-missed = Its day was missed; a later step reaches the customer instead.
skipped-paused = The case was paused on its day.
skipped-too_late = Its last day has passed.
skipped-condition = Its conditions did not hold when it fired.
skipped-exception = One of its exceptions applied when it fired.
skipped-level_reached = The case already stood at that level or above; nobody was told again.
skipped-no_contact = The customer has nobody who may receive details and has the address needed; a task to find somebody is open.
skipped-restricted = The customer must not be contacted (do-not-contact, lawyer or insolvency).
skipped-payment_run = Left to the customer’s payment run of this week.
skipped-credit_stopped = Credit is stopped already.
skipped-channel_not_configured = This channel is not set up for the tenant.
skipped-too_often = The last task of this kind was too recent.
skipped-hold_stands = A hold stands already and the bill is behind it.
skipped-closed = The bill was closed before it fired.

### Why a task is there

task-confirm_bill = Ask the customer to confirm the bill and to give the tax-invoice details.
task-due_soon = Remind the customer kindly that the bill falls due soon.
task-overdue = Ask for the whole overdue amount and for a day on which it comes.
task-issue_tax_invoice = Issue the tax invoice with the details the customer gave.
task-collect_pod = Collect the signed proof of delivery.
task-help_collect = Say what help is wanted and give it; the owner keeps the case.
task-decide_hand_over = Decide whether the case is handed over to a court, a lawyer or an agency.
task-decide_rest = Decide what becomes of the rest: write it off, hand it on, or take it back.
task-promise_broken = The promised money has not come: ask for the cause and for payment now.
task-plan_broken = An instalment has not come: ask for the cause and for the whole amount now.
task-resolve_dispute = The customer disputes part of the bill: find out what is right, and have it resolved.
task-give_credit = The dispute was resolved for the customer: give the credit.
task-no_contact = Find a person who may receive account details, with phone and e-mail.
task-next_step = The next step agreed in the last conversation falls due; its record says what it is.
task-whose_payment = Money has come in that may be for these bills. Find out whose it is, and have the ERP post it; the note beside it says what the bank told.
task-lost_contact = Nobody is reached any more: refused, bounced or missed again and again. Find another way, or decide what follows.
task-reply_received = The customer has answered. Read it: messages to them wait until this is done, two open days at most.
task-contact_crossed_out = A person was crossed out (wrong number, left or moved). Find another one and their number.
task-confirm_visit = The visit is over. Call today and confirm the points that were agreed; the record says which.
task-advice_wanted = A message is held back: read what is asked and answer at its advise. Unanswered it goes as usual when the day is over.
task-asks_documents = The customer asks for documents. Send them: the record says which.
task-reconciliation_silent = The reconciliation letter has not come back. Ask whether it arrived, and have it signed and returned.
task-reconciliation_differs = The customer’s books show other balances than ours. Find the difference: post what is missing, or open a dispute about the bills that are contested.
task-review_customer = Six months are over: look at how the customer pays and decide the segment.
task-do_not_contact = The customer must not be contacted: dunning has stopped; decide how to go on.
task-lawyer_represented = A lawyer represents the customer: dunning has stopped; decide how to go on.
task-insolvent = The customer is insolvent: dunning has stopped; file what is owed.
task-payment_run = Today the customer pays: ask that the whole amount is included.
task-review_after_danger = A danger signal has come: look at how the customer pays and decide the segment.

### Notices to our own people: $customer (name), $count (bills), $bills (their numbers), $about (what a reminder is of)

notice-bills_missing = { $count ->
    [one] One monthly-billed customer has no bill for last month: { $customer }.
   *[other] { $count } monthly-billed customers have no bill for last month: { $customer }.
}
notice-bill_unsent = { $customer }: { $count ->
    [one] one reviewed bill has not been sent: { $bills }.
   *[other] { $count } reviewed bills have not been sent: { $bills }.
}
notice-unconfirmed = { $customer }: { $count ->
    [one] one bill is still unconfirmed after the 20th: { $bills }.
   *[other] { $count } bills are still unconfirmed after the 20th: { $bills }.
}
notice-tax_invoice_missing = { $customer }: the tax invoice should have been issued by now for { $bills }.
notice-tax_invoice_not_dispatched = { $customer }: payment falls due in a week and the tax invoice has not been sent for { $bills }.
notice-pod_incomplete = { $customer }: the proof of delivery is still incomplete for { $bills }.
notice-overdue_one_month = { $customer }: { $count ->
    [one] one bill is over one month overdue: { $bills }. Your help is wanted.
   *[other] { $count } bills are over one month overdue: { $bills }. Your help is wanted.
}
notice-overdue_two_months = { $customer }: { $count ->
    [one] one bill is over two months overdue: { $bills }. Your help is wanted.
   *[other] { $count } bills are over two months overdue: { $bills }. Your help is wanted.
}
notice-limitation_180 = { $customer }: the right to sue lapses in half a year for { $bills }. Secure it: a demand that arrives, a signed acknowledgement, or suit.
notice-limitation_90 = { $customer }: the right to sue lapses in three months for { $bills }. Secure it: a demand that arrives, a signed acknowledgement, or suit.
notice-limitation_30 = { $customer }: the right to sue lapses in one month for { $bills }. Secure it now.
notice-limitation_lapsed = { $customer }: by the log the right to sue has lapsed for { $bills }. See whether something interrupted it that stands nowhere here.
notice-deadline_nears = { $customer }: a deadline lies a week ahead for { $bills }.
notice-deadline_today = { $customer }: today is a deadline for { $bills }.
notice-deadline_missed = { $customer }: a deadline has passed without a word for { $bills }. Record what came of it, or act now.
notice-hold_applied = Deliveries to { $customer } are stopped because of overdue bills: { $bills }.
notice-hold_unacknowledged = { $customer }: one open day on, the ERP has not acknowledged that deliveries are stopped ({ $about }).
notice-task_neglected = { $customer }: a task has stood open for three open days ({ $about }).
notice-request_unanswered = { $customer }: a request is waiting for your answer ({ $about }).
notice-dispute_unresolved = { $customer }: a dispute has stood open for its days ({ $about }): { $bills }.
notice-letter_unprintable = { $customer }: the letter { $about } waits, for no font here shows all signs of a name or text in it. Once that is corrected, it leaves. Bills: { $bills }.
notice-discount_taken = { $customer }: a discount was earned and credited here; please book it ({ $about }): { $bills }.
notice-credit_missing = { $customer }: the credit that was promised has not been given ({ $about }): { $bills }.
notice-contact_refused = { $customer }: they refuse to pay. Bills: { $bills }.
notice-contact_evasive = { $customer }: they shift the matter about and give no answer. Bills: { $bills }.
notice-contact_wilful = { $customer }: they withhold payment wilfully. Bills: { $bills }.
notice-payment_feed_late = Nothing has been heard of payments for too long: messages to customers wait until it is known what came.
notice-weekly_report = The report of the week { $about } is there: money that came, what is owed and by whom, and what was done about it.
notice-backfilled = { $count ->
    [one] One bill was recorded after its steps were due: { $bills }.
   *[other] { $count } bills were recorded after their steps were due: { $bills }.
} It concerns { $customer }.
notice-credit_stop_granted = { $customer }: stopping credit was agreed. Please tell sales, the tills and the customer.
notice-hand_over_granted = { $customer }: handing over was agreed for { $bills }.
notice-write_off_granted = { $customer }: writing off was agreed for { $bills }.
notice-plan_granted = { $customer }: an instalment plan was agreed for { $bills }.
notice-extension_granted = { $customer }: a later due date was agreed for { $bills }.
notice-discount_granted = { $customer }: a discount was agreed for { $bills }.
notice-statement_granted = { $customer }: a statement of account was agreed for { $bills }.
notice-propose_credit_stop = { $customer }: stopping credit is proposed because of { $bills }.
notice-propose_hand_over = { $customer }: handing over to legal is proposed for { $bills }.
notice-propose_statement = { $customer }: a statement of account is to be sent for { $bills }.

### The day's mail to one of our people: $name, $company, $on, $count (notices, bills)

notices-subject = Receivables on { $on }: { $count ->
    [one] one thing for you
   *[other] { $count } things for you
}
notices-greeting = Dear { $name }, this is for you as of { $on }.
notices-closing = What there is to do stands in your work list.
notices-escalated = { $customer }: escalated to you ({ NAME($level, of: "level") }): { $bills }.
notices-asked = { $customer }: your consent is asked for, { NAME($kind, of: "approval") }, { $bills } ({ $about }).
notices-held = { $customer }: deliveries are stopped because of { $bills }.
notices-released = { $customer }: deliveries may go on.
notices-bill = { $bill }: { $amount } open, { $days ->
    [0] not overdue
    [one] one day overdue
   *[other] { $days } days overdue
}
notices-level = { NAME($level, of: "level") } since { $on }
notices-reminded = last reminded on { $on }
notices-broken = { $count ->
    [one] one promise broken
   *[other] { $count } promises broken
}
notices-more = and { $count } more

### Why a next action comes, and what holds it back

schedule-after = Rule { $rule }: { $days ->
    [one] one day after
   *[other] { $days } days after
} { NAME($start, of: "start") } ({ $anchor }).
schedule-before = Rule { $rule }: { $days ->
    [one] one day before
   *[other] { $days } days before
} { NAME($start, of: "start") } ({ $anchor }).
schedule-same_day = Rule { $rule }: on the day of { NAME($start, of: "start") } ({ $anchor }).
schedule-at_once = Rule { $rule }: at once with { NAME($start, of: "start") } ({ $anchor }).
schedule-moved = Moved from { $on }, a closed day, to the next open one.
schedule-waits_for_start = Waits until { NAME($start, of: "start") } is known.
schedule-waits_for_progress = Waits until { $until }: the latest progress was on { $progress }.
schedule-waits_for_answer = Waits for the answer to request { $approval }.
schedule-asked_again = Asked again on { $on }; the last answer was no, on { $rejected }.
schedule-waits_quietly = Nothing is asked before { $until }: the bill was recorded late.
schedule-waits_for_go_live = Waits until the tenant goes live on { $until }.
schedule-after_resume = Not before { $until }: a person resumed the case.
schedule-one_a_day = Waits until { $until }: missed escalations follow one per open day.
schedule-paused_promise = Held back until { $until } by a promise to pay.
schedule-paused_plan = Held back until { $until } by an instalment plan.
schedule-paused_dispute = Held back by a dispute until it is resolved.
schedule-paused_draft = Held back until { $until } by a draft that matures then.
schedule-paused_manual = Held back until { $until } by a person’s pause.
schedule-habit = Done as a visit or a call by the customer’s habit on that day.
schedule-budget = What it would write waits until { $until }: the customer has been contacted as often this week as is allowed.
schedule-restricted = Held back: the customer must not be contacted.
schedule-promise_check = The promise is judged: { $until } is its last day in time.
schedule-plan_check = Part { $part } of the plan is judged: { $until } is its last day in time.
schedule-dispute_check = Whether dispute { $dispute } is resolved is asked on this day.
schedule-discount_ends = The discount lapses: { $until } is the last day on which it can be earned.
schedule-confirmation_ends = Collection begins after the due date even without a confirmation.
schedule-pause_ends = The pause ends on { $until }.
schedule-draft_matures = The draft matures on { $until }.
schedule-limitation_nears = Legal is told { $days } days before the right to sue lapses on { $until }.
schedule-reconciliation_unanswered = The reconciliation letter is to come back by { $until }; unanswered, somebody asks for it.
schedule-deadline_nears = { $left ->
    [7] Legal is told a week before deadline { $deadline }.
    [0] Legal is told on the day of deadline { $deadline }.
   *[other] Legal and the managers are told that deadline { $deadline } was missed.
}
schedule-taken_up = The case is taken up when the tenant goes live.
schedule-closed = Nothing more: the case is closed.
schedule-nothing = Nothing is planned as things stand.
schedule-waits_for_look = Held back until { $until }: the customer has answered, and nobody has looked at it yet.
schedule-waits_for_advice = Held back until the end of { $until }: a superior was asked for advice.
schedule-payment_feed = Held back: nothing has been heard of payments for longer than the limit.
schedule-payment_run = Left to the customer’s payment run of that week.
schedule-credit_stopped = Not asked: credit has been stopped since { $on }.
schedule-hold_stands = Not asked: shipments have been held since { $on }.
schedule-part_disputed = { $currency } { $amount } is disputed and left alone; { $currency } { $asked } is asked for.
schedule-part_covered = { $currency } { $amount } is covered by a draft or a plan and left alone; { $currency } { $asked } is asked for.
schedule-leaves = Is written; leaves at the customer’s next window.

### Why something about a case changed

disabled-gone = The receiver answered that the address is gone.
disabled-failing = No delivery has arrived for days.
stage-issued = The bill was issued.
stage-confirmed = The customer confirmed the bill.
stage-due_passed = The due date passed without a confirmation.
stage-hand_over = The hand-over was agreed.
stage-resent = The corrected bill was sent anew.
cancelled-paused = The case was paused.
cancelled-confirmed = The customer confirmed the bill.
cancelled-resent = The corrected bill was sent anew.
cancelled-stage_changed = The case went on to another stage.
cancelled-due_date_changed = Another due date was agreed.
cancelled-content_stale = What it was about has changed meanwhile; it can be asked anew.
cancelled-dispute_resolved = The dispute was resolved otherwise.
cancelled-paid = The bill was paid.
cancelled-credited = The bill was credited.
cancelled-voided = The bill was voided.
cancelled-bills_behind_hold = Bills stand behind the hold again.
cancelled-hand_over = The case was handed over.
cancelled-taken_back = The case was taken back.
cancelled-restricted = The customer must not be contacted any more.
cancelled-restriction_lifted = The customer may be contacted again.
cancelled-answered = The customer has answered.
cancelled-written_off = The bill was written off.
cancelled-unanswered = Nobody answered in time.
resumed-person = A person resumed it.
resumed-hand_over = The case was handed over.
resumed-until = The pause’s last day is over.
resumed-promise_kept = The promise was kept.
resumed-promise_broken = The promise was not kept.
resumed-plan_agreed = A plan takes its place.
resumed-disputed = A dispute takes its place.
resumed-dispute_resolved = The dispute was resolved.
resumed-plan_kept = The plan was kept.
resumed-plan_broken = A part of the plan was missed.
resumed-plan_restored = The plan stands again.
resumed-amended = A correction left something to chase.
resumed-credited = A credit changed what is open.
resumed-issued = The bill was issued.
resumed-payment_reversed = The payment was reversed.
resumed-draft_matured = The draft’s day passed.
resumed-draft_honoured = The draft was honoured.
resumed-draft_returned = The draft was returned.
draft-matured = Its day passed.
draft-honoured = It was honoured.
draft-returned = It was returned.
unapplied-reversed = The payment was reversed.
unapplied-credited = A credit note left less to pay.
unapplied-amended = A correction left less to pay.
unapplied-voided = The bill was voided.
reopened-payment_reversed = The payment was reversed.
reopened-amended = A correction left something to pay.
reopened-credited = A change of credit left something to pay.
released-paid = The last bill behind the hold was closed.
released-granted = The release was granted.
released-person = A person released it.
struck-closed = The bill was closed before the message left.
struck-paused = The case was paused before the message left.
struck-hand_over = The case was handed over before the message left.
struck-restricted = The customer must not be contacted any more.
struck-stage_changed = The case went on to another stage before the message left.
struck-letter = A letter about this bill replaces the message.
struck-erased = The person’s data were erased before the message left.
paused-promise = A promise to pay covers it.
paused-plan = An instalment plan covers it.
paused-dispute = It is disputed.
paused-draft = A maturing draft covers it.
paused-manual = A person paused it.

### Mistakes in a playbook

playbook-shape = The value does not fit here{ GIVEN($what) ->
    [yes] : { $what }.
   *[no] .
} Compare with a published playbook.
playbook-name_invalid = “{ $given }” cannot be a playbook’s name. Write up to 64 lower-case letters, digits, hyphens and underscores.
playbook-name_differs = The text is called “{ $given }”, the address “{ $wanted }”. Make them the same.
playbook-field_missing = “{ $name }” is missing. Add it.
playbook-field_unknown = “{ $name }” is not known here. Check its spelling, or remove it.
playbook-wrong_type = Wanted here: { NAME($wanted, of: "shape") }; found: { NAME($given, of: "shape") }. Correct the value.
playbook-not_one_of = “{ $given }” is not allowed here. Compare with a published playbook.
playbook-whole_number = “{ $given }” is no whole number from { $least } to { $most }. Correct it.
playbook-whole_days = “{ $given }” must be days, not months, and not negative. Write P3D.
playbook-word_unknown = “{ $given }” is not known here. Known: { $known }.
playbook-empty = There is nothing here. Write at least one item.
playbook-at_unknown = “{ $given }” is no moment. Write a distance such as P7D, “now”, or exactly one of offset, day and open_days.
playbook-until_unknown = “{ $given }” is no end. Write due, confirmed, closed, a distance such as P30D, or a level.
playbook-wait_unknown = “{ $given }” cannot be waited for. Write wait: without_progress: P14D.
playbook-action_unknown = “{ $given }” is no action. Write exactly one of { $known }, with at most when, unless and rule beside it.
playbook-request_shape = A request has kind, role, granted (a list of actions), and perhaps again and remind_open_days; this one has: { $given }.
playbook-audience_empty = A notice needs somebody to read it. Name at least one audience.
playbook-cannot_wait_for_grant = This action cannot wait for a grant. Use letter, hold or propose.
playbook-request_first_shape = “first” is a mapping: the role whose word is needed before, and with “when” of which customers.
playbook-select_needs_scope = Step “{ $step }”: select narrows customers. Give its ladder the scope customer or tenant, or remove select.
playbook-condition_needs_case = Step “{ $step }”: “{ $name }” asks a case, and this ladder has none. Remove it, or use the scope case.
playbook-money_format = “{ $given }” is no amount. Write a decimal string such as "100000".
playbook-money_precision = “{ $given }” has more decimals than its currency knows. Leave them out.
playbook-money_range = “{ $given }” is larger than any amount accepted. Check the digits.
playbook-currency_unknown = The currency of “{ $given }” is no code of ISO 4217. Write one such as CNY.
playbook-offset_format = “{ $given }” is no distance in days. Write P7D, -P7D or P1M.
playbook-offset_range = “{ $given }” leads beyond the calendar. Give a shorter distance.
playbook-start_unknown = “{ $given }” starts no clock. Known: { $facts }; or level, granted, answered, letter, day_of_month, weekday.
playbook-while_not_own = “{ $name }” is no fact of the case itself and may not stand under “while”. Move it to “when”.
playbook-action_shape = An action is a mapping such as “escalate: supervisor”. Write it so.
playbook-template_unknown = There is no template “{ $given }”. Known: { $known }.
playbook-step_twice = Two steps are called “{ $step }”. Give one another name.
playbook-repetition_without_end = Step “{ $step }” repeats without an end. Add until or times.
playbook-repetition_stands_still = Step “{ $step }” repeats at once for ever. Give every a positive distance.
playbook-now_is_once = Step “{ $step }” fires at once; every, wait and never_after make no sense with it. Remove them.
playbook-can_never_fire = Step “{ $step }” can never fire: { NAME($why, of: "never") }. Change that, or remove the step.
playbook-level_out_of_order = Step “{ $step }” raises no higher than “{ $before }”, which comes earlier. Put the levels in order.
playbook-calendar_needs_scope = Step “{ $step }” starts on a day of the calendar. Give its ladder the scope customer or tenant.
playbook-scope_needs_calendar = Step “{ $step }” of a customer’s or tenant’s ladder needs a day of the calendar. Start it with day_of_month or weekday.
playbook-yaml_syntax = The file is not valid YAML here: { $what }. Check indentation, colons and quotes.
playbook-yaml_text = The file holds characters YAML does not allow. Save it as plain UTF-8 text.
playbook-yaml_empty = The file is empty. Begin it with “grammar: 1”.
playbook-yaml_documents = The file holds more than one document. Remove the line “---” and what follows.
playbook-yaml_twice = “{ $key }” stands twice in the same mapping. Remove one of the two.
playbook-yaml_key = A key must be plain text. Write a word and a colon.
playbook-yaml_tag = The tag “{ $tag }” is not allowed. Write the value without it.
playbook-yaml_alias = The alias “*{ $name }” names nothing that stands before it. Define it first with “&{ $name }”.
playbook-yaml_too_large = The file is larger than { $limit } bytes. Shorten it.
playbook-yaml_too_many = With its aliases the file has more than { $limit } values. Use fewer aliases.
playbook-yaml_too_deep = The file is nested deeper than { $limit } levels. Flatten it.

### Names of things

role-viewer = viewer
role-collector = collector
role-supervisor = supervisor
role-manager = manager
role-general_manager = general manager
role-boss = boss
role-finance = finance
role-sales = sales
role-quality = quality
role-legal = legal
role-warehouse = warehouse
role-front_desk = front desk and tills
role-erp = ERP
role-admin = administrator
role-owner = owner
level-none = none
level-supervisor = supervisor
level-manager = manager
level-general_manager = general manager
level-hold = deliveries stopped
level-formal = formal dunning letter
level-legal = lawyer’s letter
task_kind-call = call
task_kind-visit = visit
task_kind-review = review
task_kind-pod = proof of delivery
task_kind-find_contact = find a contact
task_kind-assist = assistance
task_kind-finance = finance
task_kind-legal = legal
task_kind-follow_up = next step
task_kind-whose_payment = whose payment
task_kind-documents = send documents
task_kind-reconciliation = reconciliation letter
task_kind-difference = difference in the books
task_kind-lost_contact = lost contact
task_kind-reply = reply
task_kind-confirm_call = call to confirm
approval-playbook = publication of a playbook
approval-template = publication of a letter’s template
approval-webhook_secret = new webhook secret
approval-reassignment = reassignment of customers
approval-settings = change of consents
task_kind-advise = advice
approval-hold = hold
approval-release = release
approval-letter = formal letter
approval-lawyer_letter = lawyer’s letter
approval-plan = plan
approval-extension = extension
approval-discount = discount
approval-write_off = write-off
approval-credit_stop = credit stop
approval-credit_terms = credit on a condition
approval-credit_restore = lifting of a credit condition
approval-hand_over = hand-over
start-statement = the bill’s dispatch
start-issued = the issue date
start-submitted = the submission for review
start-period = the month after the bill’s period
start-due = the due date
start-confirmed = the confirmation
start-pod = the proof of delivery
start-resent = the renewed dispatch
start-tax_requested = the request for the tax invoice
start-tax_issued = the tax invoice
start-tax_dispatched = the tax invoice’s dispatch
start-level = the level’s first day
start-granted = the grant
start-answered = the answer
start-letter = the letter
start-calendar = the calendar’s day
task_kind-reconcile = reconciliation
task_kind-deduct = payroll deduction
task_kind-dispute = dispute
task_kind-credit = credit
dispute_reason-price = The price is wrong
dispute_reason-discount = A discount that was agreed is missing
dispute_reason-not_ordered = It was not ordered
dispute_reason-contract_terms = The contract says otherwise
dispute_reason-service = The service was not as agreed
dispute_reason-quantity = The quantity is wrong
dispute_reason-not_delivered = It was not delivered
dispute_reason-late_delivery = It was delivered late
dispute_reason-damaged = It came damaged
dispute_reason-quality = The quality is not as agreed
dispute_reason-duplicate = It was billed twice
dispute_reason-wrong_customer = It was billed to the wrong customer
dispute_reason-tax_invoice = The tax invoice is missing or wrong
dispute_reason-documents_missing = Documents are missing
dispute_reason-paid_already = It was paid already
dispute_reason-credit_missing = A credit is missing
dispute_reason-other = Another reason
root_cause-pricing = pricing
root_cause-ordering = ordering
root_cause-contract = contract
root_cause-service = service
root_cause-delivery = delivery
root_cause-quality = quality
root_cause-billing = billing
root_cause-documents = documents
root_cause-posting = posting
root_cause-customer = the customer: the bill was right
root_cause-unknown = not known
task_kind-restriction = restricted customer
never-stage = its conditions leave no stage
never-level = its conditions leave no level
never-until_due = it begins only after the due date, where it ends
never-until_before_at = it ends before it begins
never-never_after_before_at = its last day lies before its first
never-monthly = its conditions on “monthly” contradict each other
never-pod = its conditions on “pod” contradict each other
never-pod_complete = its conditions on “pod_complete” contradict each other
never-confirmed = its conditions on “confirmed” contradict each other
never-tax_wanted = its conditions on “tax_wanted” contradict each other
never-tax_issued = its conditions on “tax_issued” contradict each other
never-tax_dispatched = its conditions on “tax_dispatched” contradict each other
shape-array = a list
shape-object = a mapping
shape-str = a text
shape-int = a whole number
shape-bool = true or false

nothing_to_change = Nothing to change was sent. Name at least one field.
now_or_follow = Give either now or follow: true, one of the two.

unknown_parameter = This parameter is not known here. Check its spelling, or leave it out.
repeated_parameter = This parameter was given more than once. Give it once.
schedule-waits_for_stage = Waits until the case comes to { NAME($stage, of: "case_stage") }.
schedule-level_reached = Not done: the case already stands at this level or above ({ NAME($level, of: "level") }).
schedule-condition = Not done as things stand: its conditions do not hold ({ $names }).
case_stage-review = the review
case_stage-confirmation = the confirmation
case_stage-collection = collection
case_stage-legal = legal
start-flag = the flag
action-message = { $channel ->
    [sms] SMS to the customer
    [letter] Letter to the customer
   *[email] E-mail to the customer
}
action-task = Task: { NAME($kind, of: "task_kind") } ({ NAME($role, of: "role") })
action-notice = Notice ({ $audience })
action-letter = Letter ({ NAME($kind, of: "letter_kind") })
action-request = Request for consent: { NAME($kind, of: "approval") } ({ NAME($role, of: "role") })
action-escalate = Escalation: { NAME($level, of: "level") }
action-hold = Stop of deliveries
action-propose = Proposal: { NAME($what, of: "approval") }
step-confirmation-ends = Collection begins
step-promise-check = The promise is judged
step-plan-check = A part of the plan is judged
step-dispute-check = An open dispute is looked at
step-discount-ends = The discount lapses
step-pause-ends = Contact goes on
step-draft-matures = The draft’s day passes
step-limitation-warning = Legal is warned: the right to sue lapses soon
step-reconciliation-unanswered = Somebody asks for the answer to the reconciliation letter
step-deadline-warning = Our people are told of a deadline
step-take-up = The case is taken up
letter_kind-formal_dunning = formal dunning letter
letter_kind-reconciliation = reconciliation letter
letter_kind-credit_stop = credit-stop notice
letter_kind-lawyer = lawyer’s letter
letter_kind-hold_notice = notice that deliveries are stopped
letter_kind-payment_plan = payment plan agreement
letter_kind-paid_in_full = confirmation of payment in full
sheet-open_days = Three open days from now.
sheet-before_escalation = The last open day before the case goes further on { $before }.
skipped-asked_already = A request of this kind is open for the bill, or was granted.
playbook-action_needs_customer = Step “{ $step }”: “{ $name }” needs a customer, and a tenant’s ladder has none. Give the ladder the scope customer, or raise a notice.
playbook-select_needs_tenant = Step “{ $step }”: a customer’s ladder is asked of bills, so it finds nobody without one. Give it the scope tenant, or remove without_bill_for.
playbook-calendar_comes_by_itself = Step “{ $step }” comes on every such day of the calendar by itself. Remove at, every and times; until may end it.
playbook-calendar_needs_when = Step “{ $step }”: “{ $name }” may come to hold after its day. Move it from while to when.
task-relationship = Call to keep in touch: ask whether the bill has arrived, is right and is planned for payment.
task-ask_cause = Ask why the bill has not been paid, and for a day on which it comes; the cause must be recorded.
task-statement_received = Ask whether the statement has arrived, and have its receipt confirmed or signed for.
task-on_site = Go there and compare the books on site: the bill is unconfirmed on its due date.
task-state_debt = Reach the person - at work, at home, on the mobile, then through others, who are only asked for a call back. Verify who speaks, then state the debt and ask for payment now.
task-follow_up = Call again: does the number work and whose is it, is the person still in post, has job or address changed, how do things stand, will and can they pay?
task-repayment_plan = The means are lacking: agree a repayment plan.
task-payroll_deduction = Deduct what is open on these bills from the pay.
notice-wilful_delay = { $customer } delays payment wilfully, says the collector: { $bills }.
notice-statement_waits = { $customer }: this month’s statement of account waits for your consent ({ $bills }).
letter_kind-reminder = reminder
letter_kind-urgent = urgent reminder
letter_kind-stern = demand for payment
letter_kind-final_notice = final notice
letter_kind-statement = statement of account

# Why a task stands where it stands in the work list

worth-amount = { $bills ->
    [one] { $amount } open on one bill.
   *[other] { $amount } open on { $bills } bills.
}
worth-age = { $days ->
    [one] Overdue for one day: what is late is lost with time.
   *[other] The oldest has been overdue for { $days } days: what is late is lost with time.
}
worth-broken_promise = { $broken ->
    [one] A promise was broken.
   *[other] { $broken } promises were broken.
}
worth-reliability = { $kept } of { $promises } promises kept.
worth-limitation = The right to sue lapses on { $on }.
worth-now = Now is the best time to call, until { $until }.
schedule-after_pause = Rule { $rule }: the latest of what was due while contact rested.
nothing_to_move = No open case is to be moved to “{ $playbook }”: all that were meant are there already, or closed.
unknown_step = Playbook “{ $playbook }” of this case has no step “{ $step }”. Read the schedule without it.
schedule-calendar = Rule { $rule }: the calendar’s day is { $on }.
schedule-unconfirmed = Waits for the customer’s confirmation, or until the due date ({ $due }) has passed without it.
schedule-no_contact = Held back: the customer has nobody who may receive details and has the address needed.
schedule-channel_not_configured = Held back: this channel is not set up for the tenant.
schedule-over = Nothing more: its last day was { $on }.
schedule-never = Nothing to be expected: its days are over, or what it needs cannot come about for this bill.

### What-if

text_or_shipped = Give either text, a playbook as YAML, or shipped, the name of one that comes with the service.
text_or_version = Give one of text (a draft), version (a published one) and shipped (the one that comes with the service).
simulation_period = The first day must have begun, not lie after the last one, and be at most ten years before it; the last lies at most a year ahead. Correct from or to.
simulation_running = Another what-if is being worked out. Try again when Retry-After has passed, or use dunlog simulate.
whatif-facts = Bills, payments, confirmations, promises, disputes and conversations come as they came. What customers would have done otherwise nobody knows.
whatif-answers = A request for consent is answered as the one that was asked in its place then, after as long; one that has no counterpart is answered by nobody. What people did to a task or a hold that is not there is left out and counted.
whatif-opened = Cases open on the first day go over to the playbook that day: what it would have said earlier is not said again, levels and requests of earlier days follow. Bills that come later open with it.
whatif-today = Settings, windows and holidays are those of each moment; our people, the channels that lead out and the segments that are chosen by are today’s.
whatif-messages = Messages are counted as they are decided. Whether they arrive, and whether an advisor or a late payment feed holds them back, is not told again.
whatif-company = Steps that look at the whole company on a day of the calendar are not told.
whatif-ahead = For the days still ahead nobody pays, answers or agrees any more.
### The week's report on paper: headings and columns

week-title = Receivables report, week { $week }
week-title_of_day = Receivables report, seven days to { $last }
week-span = { $first } to { $last }{ GIVEN($moment) ->
    [yes] , by what was known on { $moment }
   *[no] {""}
}
week-page = Page { $page } of { $pages }
week-figures = At a glance
week-ageing = What is open, { $currency }
week-ageing_others = What is open, other currencies
week-targets = Collected in { $month }, by collector
week-targets_more = { $count ->
    [one] one more
   *[other] { $count } more
}
week-overdue = Who owes most past its day, { $currency }
week-promises = Promises that fell due in the week, and what is expected
week-disputes = Disputes
week-escalations = Raised in the week
week-holds = Deliveries stopped
week-measures = Done in the week
week-notes = Days overdue are those of the oldest bill. Contacts are those of the last { $days } days. Currencies are never added up; money on account is not deducted. DSO: days sales outstanding, over 90 days.
week-col_currency = Currency
week-col_received = Received
week-col_received_before = Week before
week-col_open = Open
week-col_overdue = Overdue
week-col_dso = DSO
week-col_best = Best possible
week-col_late = Days late
week-col_bucket = Days past due
week-col_change = Since last week
week-col_current = Current
week-col_days_1_30 = 1–30
week-col_days_31_60 = 31–60
week-col_days_61_90 = 61–90
week-col_days_91_180 = 91–180
week-col_over_180 = > 180
week-col_total = Total
week-col_collector = Collector
week-col_collected = Collected
week-col_target = Target
week-col_share = Share
week-col_of_open = Of what is open
week-col_customer = Customer
week-col_days = Days
week-col_bills = Bills
week-col_owner = Owner
week-col_measures = Measures
week-col_kept = Kept
week-col_broken = Broken
week-col_waiting = Not yet judged
week-col_expected_week = Expected in 7 days
week-col_expected = Expected in all
week-col_standing = Open
week-col_amount = Amount
week-col_age = Mean age, days
week-col_opened = Opened
week-col_solved = Solved
week-col_level = To level
week-col_customers = Customers
week-col_what = What
week-col_count = Count
week-col_held = Stopped now
week-col_applied = Newly stopped
week-col_released = Free again
week-now = This week
week-before = A week ago
week-at_level = level { NAME($level, of: "level") }
week-contacted = { $count ->
    [one] one contact, on { $last }
   *[other] { $count } contacts, the last on { $last }
}
week-not_contacted = no contact
week-promised = { $amount } promised
week-contested = { $amount } disputed
week-held_since = deliveries stopped since { $since }
week-measure_contact_logged = Contacts
week-measure_promise_made = Promises made
week-measure_plan_agreed = Plans agreed
week-measure_dispute_opened = Disputes opened
week-measure_case_escalated = Bills raised
week-measure_case_written_off = Bills written off
week-measure_case_handed_over = Bills handed over
week-measure_letter_issued = Letters
week-measure_hold_applied = Deliveries stopped
week-measure_hold_released = Deliveries freed
