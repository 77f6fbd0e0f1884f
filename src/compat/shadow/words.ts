import type { Text } from '../finding.js';
import type { Kind } from './kinds.js';
import type { StopReason } from './shared.js';

/** The words of `shadow`. */
export const SAYS = {
  title: { en: 'Two servers, the same clients', zh: '两个服务器，同样的客户端' },
  first: { en: 'first server', zh: '第一个服务器' },
  second: { en: 'second server', zh: '第二个服务器' },
  clients: { en: 'clients', zh: '客户端' },
  requests: { en: 'requests', zh: '请求' },
  compared: { en: 'answers and messages compared', zh: '已比较的应答和消息' },
  same: { en: 'the same', zh: '相同' },
  waiting: { en: 'bytes waiting for the second server', zh: '等待第二个服务器的字节' },
  stopped: { en: 'clients not compared to their end', zh: '中途停止比较的客户端' },
  ignored: { en: 'differences due to those', zh: '由此造成的差异' },
  kinds: { en: 'Kinds of difference', zh: '差异的种类' },
  kind: { en: 'kind', zh: '种类' },
  count: { en: 'count', zh: '次数' },
  number: { en: 'in DIFFERENCES', zh: 'DIFFERENCES 编号' },
  none: { en: 'There is no difference.', zh: '没有差异。' },
  more: { en: 'differences of further kinds', zh: '其它种类的差异' },
  nothing: { en: 'nothing', zh: '（无）' },
  examples: { en: 'Examples', zh: '示例' },
  unnumbered: { en: 'none', zh: '无' },
} as const satisfies Record<string, Text>;

/** Why a client is not compared any more. */
export const REASONS: Readonly<Record<StopReason, Text>> = {
  full: { en: 'more waits for the second server than is kept', zh: '第二个服务器太慢，等待的数据超出上限' },
  gone: { en: 'the second server does not run any more', zh: '第二个服务器已退出' },
  silent: { en: 'the second server does not answer', zh: '第二个服务器没有应答' },
  ended: { en: 'the second server has ended the connection', zh: '第二个服务器断开了连接' },
  long: { en: 'a document is too long to be compared', zh: '文档太长，无法比较' },
  many: { en: 'too many clients at a time', zh: '同时连接的客户端太多' },
  fault: { en: 'a mistake of chat-compat', zh: 'chat-compat 自身出错' },
};

const HOW: Readonly<Record<Kind['how'], Text>> = {
  spelling: { en: 'is written otherwise', zh: '写法不同' },
  value: { en: 'is another value', zh: '值不同' },
  order: { en: 'is in another order', zh: '顺序不同' },
  shorter: { en: 'lists less on the second server', zh: '第二个服务器列出的较少' },
  distinct: { en: 'lists each only once on the second server', zh: '第二个服务器不重复列出' },
  longer: { en: 'lists more on the second server', zh: '第二个服务器列出的较多' },
  absent: { en: 'is only on the first server', zh: '只有第一个服务器有' },
  more: { en: 'is only on the second server', zh: '只有第二个服务器有' },
  missing: { en: 'comes only from the first server', zh: '只来自第一个服务器' },
  once: {
    en: 'comes twice from the first server, once from the second',
    zh: '第一个服务器发了两次，第二个发了一次',
  },
  extra: { en: 'comes only from the second server', zh: '只来自第二个服务器' },
  twice: { en: 'comes twice from the second server', zh: '第二个服务器发了两次' },
  stored: {
    en: 'comes at once from one server, stored from the other',
    zh: '一个服务器立即送达，另一个存为离线消息',
  },
  moved: { en: 'comes in another order', zh: '到达的顺序不同' },
};

const ABOUT: Readonly<Record<string, Text>> = {
  chat: { en: 'message', zh: '消息' },
  groupChat: { en: 'group message', zh: '群消息' },
  end: { en: 'end of the connection', zh: '连接断开' },
  '': { en: 'something that is no document', zh: '不是文档的内容' },
};

/** A kind of difference in a sentence. */
export function sentence({ about, where, how }: Pick<Kind, 'about' | 'where' | 'how'>): Text {
  const what = ABOUT[about] ?? { en: `answer to ${about}`, zh: `${about} 的应答` };
  const place = where === '' ? '' : `, ${where}`;
  return { en: `${what.en}${place}: ${HOW[how].en}`, zh: `${what.zh}${place}：${HOW[how].zh}` };
}
