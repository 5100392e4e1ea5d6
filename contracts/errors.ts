/**
 * The one catalogue of errors: code → HTTP status, what happened (English and Chinese), what to do about it.
 * The code is what programs branch on; texts may change.
 */
export type ErrorEntry = { status: number; en: string; zh: string; todo: string }

export const ERRORS = {
  'invalid-request': {
    status: 400,
    en: 'The request is not valid',
    zh: '请求无效',
    todo: 'Mend the fields named in errors[] and send it again.',
  },
  'malformed-json': {
    status: 400,
    en: 'The body is not valid JSON',
    zh: '请求体不是有效的 JSON',
    todo: 'Send complete, valid JSON in UTF-8.',
  },
  'malformed-csv': {
    status: 400,
    en: 'The CSV cannot be read',
    zh: 'CSV 无法解析',
    todo: 'Send UTF-8 CSV with the documented header line.',
  },
  'invalid-cursor': {
    status: 400,
    en: 'The page cursor is not valid for this list',
    zh: '分页游标无效',
    todo: 'Start again without a cursor.',
  },
  'idempotency-key-required': {
    status: 400,
    en: 'An Idempotency-Key header is required here',
    zh: '缺少 Idempotency-Key 请求头',
    todo: 'Send a fresh unique key per operation and the same key on retries.',
  },
  unauthenticated: {
    status: 401,
    en: 'Who is calling is not known',
    zh: '未认证',
    todo: 'Sign in, or send an API key as a bearer token.',
  },
  'wrong-credentials': {
    status: 401,
    en: 'User name or password is wrong',
    zh: '用户名或密码错误',
    todo: 'Check both; after repeated failures the account is locked for a while.',
  },
  'link-not-valid': {
    status: 401,
    en: 'This link opens nothing any more',
    zh: '链接已失效',
    todo: 'A link is good once and for three days; open the newest card in WeCom, or sign in.',
  },
  'link-session': {
    status: 403,
    en: 'Whoever came by a link can only decide',
    zh: '通过链接登录只能处理审批',
    todo: 'Sign in with user name and password for everything else.',
  },
  forbidden: {
    status: 403,
    en: 'This identity may not do that',
    zh: '没有权限',
    todo: 'Ask somebody whose role allows it.',
  },
  'count-needs-second-person': {
    status: 403,
    en: 'Whoever counted or submitted a count does not approve it',
    zh: '盘点人不能审批自己的盘点单',
    todo: 'Ask somebody else to decide.',
  },
  'paid-cancellation-forbidden': {
    status: 403,
    en: 'A paid order is cancelled by its buyer’s system, not by staff',
    zh: '已付款订单只能由买家系统取消',
    todo: 'Let the buyer cancel, or raise a change request.',
  },
  'change-own-request': {
    status: 403,
    en: 'Nobody decides on a change that they asked for',
    zh: '不能审批自己提交的改单申请',
    todo: 'Ask another approver of this step.',
  },
  'change-interest': {
    status: 403,
    en: 'Nobody decides on an order of their own',
    zh: '不能审批与本人有利害关系的订单',
    todo: 'Ask another approver of this step.',
  },
  'change-not-approver': {
    status: 403,
    en: 'This person is not asked in this step',
    zh: '当前人员不在本级审批人之列',
    todo: 'Ask one of the approvers that the request names.',
  },
  'change-not-applicant': {
    status: 403,
    en: 'Only the person who asked for it may do that',
    zh: '只有申请人可以执行此操作',
    todo: 'Ask the applicant, or reject the request.',
  },
  'change-decision-untrusted': {
    status: 403,
    en: 'Nobody knows who made this decision',
    zh: '无法确认审批人身份',
    todo: 'Decide in the console or in WeCom, signed in.',
  },
  'change-anomaly-own': {
    status: 403,
    en: 'Nobody judges what they did themselves',
    zh: '不能处理涉及本人的异常',
    todo: 'Ask somebody who is not named in it.',
  },
  'transfer-own-request': {
    status: 403,
    en: 'Nobody decides on a transfer that they asked for',
    zh: '不能审批自己提交的调拨',
    todo: 'Ask somebody else of the approver roles.',
  },
  'transfer-not-approver': {
    status: 403,
    en: 'This role does not decide on this transfer',
    zh: '当前角色无权审批该调拨',
    todo: 'Ask somebody of the approver roles that the transfer names.',
  },
  'not-found': {
    status: 404,
    en: 'There is no such thing here',
    zh: '资源不存在',
    todo: 'Check the id and the path.',
  },
  'change-request-not-found': {
    status: 404,
    en: 'There is no such change request',
    zh: '改单申请不存在',
    todo: 'Check the id or number of the request.',
  },
  'delegation-not-found': {
    status: 404,
    en: 'There is no such delegation',
    zh: '代理审批设置不存在',
    todo: 'Check the delegation id.',
  },
  'change-anomaly-not-found': {
    status: 404,
    en: 'There is no such anomaly',
    zh: '异常记录不存在',
    todo: 'Check the id.',
  },
  'complaint-not-found': {
    status: 404,
    en: 'There is no such complaint',
    zh: '投诉记录不存在',
    todo: 'Check the id.',
  },
  'transfer-not-found': {
    status: 404,
    en: 'There is no such transfer',
    zh: '调拨单不存在',
    todo: 'Check the transfer id.',
  },
  'transfer-leg-not-found': {
    status: 404,
    en: 'The transfer has no such leg',
    zh: '调拨单没有该路段',
    todo: 'Read the transfer and name one of its legs.',
  },
  'order-not-found': {
    status: 404,
    en: 'There is no such order',
    zh: '订单不存在',
    todo: 'Check the order id.',
  },
  'return-not-found': {
    status: 404,
    en: 'This order has no such return',
    zh: '退货单不存在',
    todo: 'Check the return id.',
  },
  'policy-version-not-found': {
    status: 404,
    en: 'This policy has no such version',
    zh: '策略版本不存在',
    todo: 'Read the history of the policy and name one of its versions.',
  },
  'method-not-allowed': {
    status: 405,
    en: 'This method is not offered here',
    zh: '不支持该请求方法',
    todo: 'See /docs for the methods of this path.',
  },
  'insufficient-stock': {
    status: 409,
    en: 'There is not enough stock',
    zh: '库存不足',
    todo: 'Reduce the quantities named in shortages[] or try later.',
  },
  'order-not-waiting': {
    status: 409,
    en: 'This order does not wait for stock, or nobody has paid for it',
    zh: '该订单不在等待库存，或尚未付款',
    todo: 'Look at the order: it was served, cancelled, or its buyer has not paid.',
  },
  'nothing-missing': {
    status: 409,
    en: 'Everything that the order waits for is there by now',
    zh: '该订单所需库存已充足',
    todo: 'Decide serve-now, or do nothing: it is served by itself.',
  },
  'order-exists': {
    status: 409,
    en: 'This external order id is already taken in this store',
    zh: '该外部订单号已存在',
    todo: 'Use the existing order, or another external id.',
  },
  'payment-mismatch': {
    status: 409,
    en: 'This payment is already recorded with another amount or order',
    zh: '该付款流水号已记录且内容不同',
    todo: 'Check the payment at its provider; a person has been told.',
  },
  'order-already-shipped': {
    status: 409,
    en: 'The order has shipped',
    zh: '订单已发货',
    todo: 'Ask for a return after delivery.',
  },
  'order-already-closed': {
    status: 409,
    en: 'The order is closed',
    zh: '订单已关闭',
    todo: 'Nothing more can happen to this order.',
  },
  'cancellation-in-progress': {
    status: 409,
    en: 'A cancellation of this order is being decided',
    zh: '订单正在取消中',
    todo: 'Wait for its result.',
  },
  'return-not-allowed': {
    status: 409,
    en: 'This order cannot be returned now',
    zh: '当前不可退货',
    todo: 'Returns are possible after delivery, inside the after-sales window.',
  },
  'return-quantity-too-large': {
    status: 409,
    en: 'More units than can be returned',
    zh: '退货数量超出可退数量',
    todo: 'Reduce the quantity.',
  },
  'return-wrong-state': {
    status: 409,
    en: 'The return is not in the state this step needs',
    zh: '退货单状态不符',
    todo: 'Read the return and take the step that fits.',
  },
  'transfer-no-source': {
    status: 409,
    en: 'No permitted source has enough',
    zh: '没有可用的调拨货源',
    todo: 'See rejected[] for what stands in the way; ask for at most canGive units.',
  },
  'transfer-wrong-state': {
    status: 409,
    en: 'The transfer is not in a state that allows this',
    zh: '调拨单状态不符',
    todo: 'Read the transfer and take the step that fits.',
  },
  'transfer-quantity-too-large': {
    status: 409,
    en: 'More units than are there for this step',
    zh: '数量超出可操作数量',
    todo: 'Read the transfer’s legs and reduce the quantity.',
  },
  'transfer-proposal-changed': {
    status: 409,
    en: 'Another proposal is to be decided now',
    zh: '调拨方案已变更',
    todo: 'Read the transfer and decide on its present proposal.',
  },
  'pick-task-wrong-state': {
    status: 409,
    en: 'The pick task is not in a state that allows this',
    zh: '拣货任务状态不符',
    todo: 'Reload the task; the office may have withdrawn it.',
  },
  'pick-task-on-hold': {
    status: 409,
    en: 'The pick task waits for a change of its order',
    zh: '订单变更处理中，拣货任务已暂停',
    todo: 'Leave the goods and send the report again later; the task goes on or is withdrawn.',
  },
  'waybill-taken': {
    status: 409,
    en: 'This waybill number belongs to another parcel',
    zh: '运单号已被占用',
    todo: 'Check the label; each parcel has its own number.',
  },
  'presale-open': {
    status: 409,
    en: 'The SKU has an open presale already',
    zh: '该 SKU 已有进行中的预售',
    todo: 'Raise its quantity, or close it first.',
  },
  'presale-over': {
    status: 409,
    en: 'The presale is over',
    zh: '预售已结束',
    todo: 'Open another presale; goods that came in beyond it are booked as a stock adjustment.',
  },
  'presale-below-sold': {
    status: 409,
    en: 'A presale cannot promise less than it has sold',
    zh: '预售数量不能低于已售数量',
    todo: 'Ask for at least the units named as lowest, or close the presale.',
  },
  'promotion-closed': {
    status: 409,
    en: 'The promotion is over',
    zh: '促销已结束或已取消',
    todo: 'Nothing more can happen to this promotion; make a new one.',
  },
  'promotion-not-running': {
    status: 409,
    en: 'The promotion is not running',
    zh: '促销未在进行中',
    todo: 'Wait for its start, or cancel it if it is only scheduled.',
  },
  'quota-too-small': {
    status: 409,
    en: 'The channel has fewer units of its quota left',
    zh: '渠道剩余配额不足',
    todo: 'Move at most the units named in remaining.',
  },
  'already-exists': {
    status: 409,
    en: 'This id is already taken',
    zh: '编号已存在',
    todo: 'Use another id, or change the existing one.',
  },
  'stock-below-zero': {
    status: 409,
    en: 'The adjustment would make stock negative',
    zh: '调整后库存为负',
    todo: 'Reduce the adjustment, or count the warehouse.',
  },
  'count-wrong-state': {
    status: 409,
    en: 'The count is not in a state that allows this',
    zh: '盘点单当前状态不允许此操作',
    todo: 'Read the count; lines are entered in a draft, and a submitted count is decided once.',
  },
  'count-incomplete': {
    status: 409,
    en: 'The count has lines without a quantity, or no lines',
    zh: '盘点单尚有未填数量的行',
    todo: 'Enter a quantity for every line, 0 where nothing was found.',
  },
  'count-superseded': {
    status: 409,
    en: 'A later count of the same SKUs has been approved',
    zh: '相同商品已有更新的盘点结果',
    todo: 'Reject this count, or count again.',
  },
  'change-not-possible': {
    status: 409,
    en: 'The order cannot be changed like this',
    zh: '订单当前不能这样修改',
    todo: 'Read reason and detail; look at the order, and ask for a change that it allows.',
  },
  'change-order-changed': {
    status: 409,
    en: 'The order has moved on since it was looked at',
    zh: '订单已发生变化',
    todo: 'Read the order again, look at the preview, and name its present version.',
  },
  'change-request-open': {
    status: 409,
    en: 'Another change of this order is being decided',
    zh: '该订单已有处理中的改单申请',
    todo: 'Wait for the request named in changeNumber, or have it withdrawn.',
  },
  'change-version-changed': {
    status: 409,
    en: 'Something else is to be decided now',
    zh: '申请版本或审批步骤已变化',
    todo: 'Read the request again and decide on its present version and step.',
  },
  'change-already-decided': {
    status: 409,
    en: 'Somebody has decided already',
    zh: '已有人完成审批',
    todo: 'Nothing to do; decidedBy says who was first.',
  },
  'change-wrong-state': {
    status: 409,
    en: 'The change request is not in a state that allows this',
    zh: '改单申请当前状态不允许此操作',
    todo: 'Read the request: its status says what may follow.',
  },
  'change-too-many-versions': {
    status: 409,
    en: 'This request was changed and asked for again too often',
    zh: '重新提交次数已达上限',
    todo: 'Talk to the approvers, and begin a new request.',
  },
  'delegation-exists': {
    status: 409,
    en: 'Somebody stands in for this person already in that time',
    zh: '该时段已有代理审批人',
    todo: 'End the delegation that is there, or choose another time.',
  },
  'change-anomaly-wrong-state': {
    status: 409,
    en: 'The anomaly cannot be moved there now',
    zh: '异常当前状态不允许此操作',
    todo: 'Read it again: state and version say what may follow. A verdict is checked again before it is turned round.',
  },
  'complaint-withdrawn': {
    status: 409,
    en: 'The complaint has been withdrawn already',
    zh: '该投诉已撤回',
    todo: 'Nothing: it does not count any more. Record a new one if there is another complaint.',
  },
  'complaint-of-another-order': {
    status: 409,
    en: 'A complaint with this number is about another order',
    zh: '该编号的投诉属于另一订单',
    todo: 'Check the order and the number of the ticket or refund.',
  },
  'reconciliation-not-found': {
    status: 404,
    en: 'There is no such reconciliation',
    zh: '对账任务不存在',
    todo: 'Look for it in GET /v1/reconciliations.',
  },
  'reconciliation-difference-not-found': {
    status: 404,
    en: 'There is no such difference, or not in your stores',
    zh: '对账差异不存在',
    todo: 'Look for it in GET /v1/reconciliation-differences.',
  },
  'settlement-not-found': {
    status: 404,
    en: 'There is no such settlement statement',
    zh: '结算单不存在',
    todo: 'Look for it in GET /v1/settlement-files.',
  },
  'reconciliation-running': {
    status: 409,
    en: 'A reconciliation with this system is under way',
    zh: '该系统的对账正在进行',
    todo: 'Wait for it, or cancel it, then start again.',
  },
  'reconciliation-wrong-state': {
    status: 409,
    en: 'The reconciliation cannot be resumed',
    zh: '对账任务当前状态无法恢复',
    todo: 'Only the newest run of a system goes on, and only when it was cancelled or has failed; otherwise start another.',
  },
  'reconciliation-difference-settled': {
    status: 409,
    en: 'The difference is another one by now, or is settled',
    zh: '差异已变化或已处理',
    todo: 'Read it again and decide on what it says now.',
  },
  'reconciliation-no-order': {
    status: 409,
    en: 'No order of the hub is behind this difference',
    zh: '该差异没有对应的中台订单，无法提交改单',
    todo: 'Mend it at the other side, or accept it with the reason.',
  },
  'reconciliation-period-closed': {
    status: 409,
    en: 'The month is closed for this system',
    zh: '该系统的对账月份已结账',
    todo: 'What was closed stays as it was signed; what a later run finds opens as a difference after the close.',
  },
  'reconciliation-period-not-ready': {
    status: 409,
    en: 'The month cannot be closed yet',
    zh: '该月份尚不能结账',
    todo: 'Wait for its end, compare all of it in one run, and settle every difference of it.',
  },
  'settlement-known': {
    status: 409,
    en: 'This statement was uploaded before',
    zh: '该结算单已上传过',
    todo: 'Nothing is to do: its lines are known, or are being read.',
  },
  'policy-not-a-draft': {
    status: 409,
    en: 'Only a draft can be changed or published',
    zh: '只有草稿可以修改或发布',
    todo: 'Begin a new draft, or roll back to a version that was published once.',
  },
  'policy-draft-changed': {
    status: 409,
    en: 'Somebody has edited this draft meanwhile',
    zh: '草稿已被他人修改',
    todo: 'Read the draft again, look at what changed, and name its new revision.',
  },
  'attachment-not-found': {
    status: 404,
    en: 'There is no such attachment here',
    zh: '附件不存在',
    todo: 'Check the id; one of a request is for whoever may see the request, one of nobody for who uploaded it.',
  },
  'export-not-found': {
    status: 404,
    en: 'There is no such export',
    zh: '找不到该导出',
    todo: 'Look at the list of your exports. Others see theirs only.',
  },
  'export-not-ready': {
    status: 409,
    en: 'The file of this export is not there',
    zh: '导出文件尚未生成或已过期',
    todo: 'Wait until its state is done; ask for it again if it failed, was cancelled or has expired.',
  },
  'too-many-exports': {
    status: 409,
    en: 'Too many exports are under way',
    zh: '进行中的导出过多',
    todo: 'Wait for one of your exports, or give one up.',
  },
  'policy-too-many-drafts': {
    status: 409,
    en: 'This policy has too many open drafts',
    zh: '该策略的未发布草稿过多',
    todo: 'Publish or give up one of the drafts first.',
  },
  'policy-nothing-to-compare': {
    status: 409,
    en: 'A policy of this kind decides nothing that has happened already',
    zh: '该类策略没有可对比的历史数据',
    todo: 'Look at the draft itself: it only takes effect on what comes.',
  },
  'policy-refuses-everything': {
    status: 409,
    en: 'This policy would turn everything away',
    zh: '该策略会拒绝所有订单或下架所有库存',
    todo: 'Look at a dry run of the draft, and loosen the limit that turns everything away.',
  },
  'policy-not-published': {
    status: 409,
    en: 'This version was never in force',
    zh: '该版本从未发布',
    todo: 'Name a version that was published once, or publish the draft itself.',
  },
  'subscription-wrong-state': {
    status: 409,
    en: 'The subscription is not in a state that allows this',
    zh: '订阅当前状态不允许此操作',
    todo: 'Read the subscription: only an active one is paused or tested, only a paused or disabled one is resumed.',
  },
  'too-many-subscriptions': {
    status: 409,
    en: 'There are as many subscriptions as the hub serves',
    zh: '订阅数量已达上限',
    todo: 'Delete one that nobody needs any more.',
  },
  'too-many-secrets': {
    status: 409,
    en: 'Earlier secrets of this subscription are still valid',
    zh: '旧密钥仍在有效期内',
    todo: 'Wait until the oldest secret has run out, or rotate with a shorter overlap next time.',
  },
  'replay-running': {
    status: 409,
    en: 'A period is being sent again already',
    zh: '已有补发任务在执行',
    todo: 'Wait until it is done.',
  },
  'work-item-resolved': {
    status: 409,
    en: 'The work item is already resolved',
    zh: '待办已处理',
    todo: 'Nothing to do.',
  },
  'not-decidable': {
    status: 409,
    en: 'There is nothing to approve or dismiss in this work item',
    zh: '该待办无需批准或忽略',
    todo: 'Look at its state: it may have been settled meanwhile. Follow its next step instead.',
  },
  'not-replayable': {
    status: 409,
    en: 'There is nothing to replay in this work item',
    zh: '该待办不可重试',
    todo: 'Follow its next step instead.',
  },
  'request-in-flight': {
    status: 409,
    en: 'The same operation is being carried out right now',
    zh: '相同操作正在处理中',
    todo: 'Repeat the request with the same key in a moment.',
  },
  'attachment-erased': {
    status: 410,
    en: 'The file of this attachment was erased',
    zh: '附件内容已删除',
    todo: 'Its hash and who attached it are still known; the file is gone.',
  },
  'payload-too-large': {
    status: 413,
    en: 'The body is too large',
    zh: '请求体过大',
    todo: 'Send less at once.',
  },
  'unsupported-media-type': {
    status: 415,
    en: 'This content type is not accepted here',
    zh: '不支持的内容类型',
    todo: 'Send application/json (text/csv for imports).',
  },
  'attachment-type-refused': {
    status: 415,
    en: 'This is no file of a kind that may be attached',
    zh: '不支持的附件类型',
    todo: 'Attach a JPEG, PNG or WebP picture, or a PDF; what a file is called does not count. An iPhone sends JPEG with “most compatible”.',
  },
  'complaint-no-reason': {
    status: 422,
    en: 'This reason for a refund is no complaint by the policy health-score',
    zh: '按健康分策略，该退款原因不算投诉',
    todo: 'Name the category if it is one all the same, or add the words to refundReasons of the policy.',
  },
  'idempotency-key-reused': {
    status: 422,
    en: 'This Idempotency-Key was used for another request',
    zh: '幂等键已用于其他请求',
    todo: 'Use a fresh key for a new operation.',
  },
  'attachment-unreadable': {
    status: 422,
    en: 'The file is damaged, or is more than it says',
    zh: '附件已损坏或内容异常',
    todo: 'Save it anew, a picture below 50 megapixels, and send it again.',
  },
  'unknown-attachment': {
    status: 422,
    en: 'An attachment is not known, is not yours, or belongs to a request already',
    zh: '附件不存在、非本人上传或已被使用',
    todo: 'Upload the file again: what is not attached within a day is removed.',
  },
  'too-many-attachments': {
    status: 422,
    en: 'Too many attachments',
    zh: '附件过多',
    todo: 'Attach fewer files; remove those that you have uploaded and do not need.',
  },
  'unknown-sku': {
    status: 422,
    en: 'A SKU is not known or not active',
    zh: '未知或已停用的商品',
    todo: 'Create the SKU first, or mend the id named in errors[].',
  },
  'promotion-not-allowed': {
    status: 422,
    en: 'The promotion policy does not allow this',
    zh: '超出促销策略限制',
    todo: 'Stay within the published policy of kind promotion, or publish another one.',
  },
  'unknown-store': {
    status: 422,
    en: 'The store is not known or not active',
    zh: '未知或已停用的店铺',
    todo: 'Create the store first, or mend the id.',
  },
  'unknown-warehouse': {
    status: 422,
    en: 'The warehouse is not known',
    zh: '未知的仓库',
    todo: 'Create the warehouse first, or mend the id.',
  },
  'receiver-not-allowed': {
    status: 422,
    en: 'Events are not sent to this address',
    zh: '不允许向该地址推送',
    todo: 'Use a public https address, or have the network allowed by the configuration.',
  },
  'unknown-division': {
    status: 422,
    en: 'The administrative division code is not known',
    zh: '未知的行政区划代码',
    todo: 'Send a current six-digit code of a district or city.',
  },
  'unknown-channel': {
    status: 422,
    en: 'No connector of this platform or channel is installed',
    zh: '尚未接入该平台或渠道',
    todo: 'Name one of the platforms or channels that the detail lists.',
  },
  'unknown-shop': {
    status: 422,
    en: 'The shop is not known',
    zh: '未知的渠道店铺',
    todo: 'Create the shop first, or mend the id.',
  },
  'wecom-member-taken': {
    status: 409,
    en: 'This member of WeCom is another account already',
    zh: '该企业微信成员已绑定其他账号',
    todo: 'Unmap the other account first, or mend the UserId.',
  },
  'too-many-requests': {
    status: 429,
    en: 'Too many requests',
    zh: '请求过于频繁',
    todo: 'Wait for the time in Retry-After.',
  },
  'too-many-streams': {
    status: 429,
    en: 'Too many event streams of this caller are open',
    zh: '该调用方打开的事件流过多',
    todo: 'Close a stream that nobody reads, then open this one again.',
  },
  internal: {
    status: 500,
    en: 'Something went wrong on our side',
    zh: '服务器内部错误',
    todo: 'Repeat the request with the same Idempotency-Key; quote the request id if it persists.',
  },
  overloaded: {
    status: 503,
    en: 'The hub is too busy right now',
    zh: '系统繁忙',
    todo: 'Repeat after the time in Retry-After.',
  },
  unavailable: {
    status: 503,
    en: 'A part of the hub is not reachable right now',
    zh: '服务暂不可用',
    todo: 'Repeat with the same Idempotency-Key after the time in Retry-After.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS

export type FieldError = { field: string; message: string }

/** An expected failure on its way to the caller. Bugs are other errors and become `internal` without their text. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ErrorCode
  readonly fields: FieldError[]
  readonly extra: Record<string, unknown>

  constructor(
    code: ErrorCode,
    detail: string = ERRORS[code].en,
    options: { fields?: FieldError[]; extra?: Record<string, unknown> } = {},
  ) {
    super(detail)
    this.code = code
    this.fields = options.fields ?? []
    this.extra = options.extra ?? {}
  }
}

/** The body of `application/problem+json` (RFC 9457), extended by `code`, both languages and what to do. */
export function problemBody(error: ProblemError, instance: string) {
  const entry = ERRORS[error.code]
  return {
    type: `https://order-hub.invalid/problems/${error.code}`,
    title: entry.en,
    titleZh: entry.zh,
    status: entry.status,
    detail: error.message,
    todo: entry.todo,
    instance,
    code: error.code,
    ...(error.fields.length > 0 ? { errors: error.fields } : {}),
    ...error.extra,
  }
}
