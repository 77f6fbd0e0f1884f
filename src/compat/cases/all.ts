import type { Case } from '../case.js';
import type { Text } from '../finding.js';
import { text } from './check.js';
import { FRAMING } from './framing.js';
import { HALF_OPEN } from './half-open.js';
import { hostileCases } from './hostile.js';
import { IDENTITY } from './identity.js';
import { JSON_CASES } from './json.js';
import { MORE } from './more.js';
import { NODES } from './nodes.js';
import { ORDER } from './order.js';
import { recordedCases } from './recorded.js';
import { SESSION } from './session.js';
import { SLOW } from './slow.js';
import { SQL } from './sql.js';
import { STORED } from './stored.js';
import { STORMS } from './storms.js';

/** The subjects of cases, by the first part of their ids, in the order in which they run. */
export const GROUPS: Readonly<Record<string, Text>> = {
  session: text('A session: every kind of request', '会话：每一种请求'),
  bytes: text('Bytes as they were recorded', '与录制逐字节一致'),
  json: text('JSON: numbers, texts, the order of keys', 'JSON：数字、文字、键的顺序'),
  framing: text('Messages that are cut and joined', '粘包与半包'),
  stored: text('Messages for who is offline', '离线消息'),
  identity: text('Speaking for somebody else', '冒充别人'),
  sql: text('Quotes, and what SQL makes of them', '引号与 SQL 注入'),
  nodes: text('Two nodes', '两个节点'),
  order: text('Order and loss', '顺序与丢失'),
  slow: text('Slow readers', '收得慢的客户端'),
  'half-open': text('Connections that end halfway', '半开的连接'),
  storms: text('Many at once', '大量并发'),
  more: text('What the original does not have', '原版没有的功能'),
  hostile: text('Hostile inputs', '恶意数据'),
  recording: text('Recordings of your own', '自己的录制'),
};

/** All cases, by their groups. */
export function allCases(): Case[] {
  const cases: Case[] = [
    ...SESSION,
    ...recordedCases(),
    ...JSON_CASES,
    ...FRAMING,
    ...STORED,
    ...IDENTITY,
    ...SQL,
    ...NODES,
    ...ORDER,
    ...SLOW,
    ...HALF_OPEN,
    ...STORMS,
    ...MORE,
    ...hostileCases(),
  ];
  return cases;
}

/** The group of a case. */
export function groupOf({ id }: Pick<Case, 'id'>): string {
  return id.slice(0, id.indexOf('/'));
}
