import type { Farewell, Text, Verdict } from '../finding.js';

export type Language = keyof Text;

/** The words of the tool's reports. */
export const WORDS = {
  title: { en: 'Compatibility with the cluster chat server', zh: '集群聊天服务器兼容性报告' },
  group: { en: 'group', zh: '分组' },
  grade: { en: 'grade', zh: '评级' },
  case: { en: 'case', zh: '用例' },
  verdict: { en: 'verdict', zh: '结果' },
  sum: { en: 'all', zh: '合计' },
  wanted: { en: 'expected', zh: '期望' },
  got: { en: 'received', zh: '收到' },
  shows: { en: 'what a client shows', zh: '客户端的表现' },
  farewell: { en: 'the server ended with', zh: '服务器退出状态' },
  hung: {
    en: 'the server ran on without an answer, and was killed',
    zh: '服务器没有退出，但不再应答，已被强制结束',
  },
  lastWords: { en: 'the last that it wrote', zh: '它最后的输出' },
  nothing: { en: '(nothing)', zh: '（无）' },
  needs: { en: 'needs', zh: '需要' },
  seconds: { en: 's', zh: '秒' },
  server: { en: 'server', zh: '服务器' },
  dialect: { en: 'dialect', zh: '方言' },
  date: { en: 'date', zh: '日期' },
  version: { en: 'chat-compat', zh: 'chat-compat' },
  stopped: { en: 'stopped: this is what is known so far', zh: '已中断：以下是目前的结果' },
  left: { en: 'left', zh: '剩余' },
} as const satisfies Record<string, Text>;

/** Verdicts as they are shown. */
export const VERDICT_WORDS: Readonly<Record<Verdict, Text>> = {
  same: { en: 'same', zh: '与原版一致' },
  differs: { en: 'differs on purpose', zh: '有意不同' },
  wrong: { en: 'wrong', zh: '错误' },
  ended: { en: 'ended', zh: '服务器退出' },
  'not run': { en: 'not run', zh: '未运行' },
};

/** How the server went: its exit status, or the signal that ended it. */
export function wayOf({ status }: Farewell): Text {
  if (status === undefined) return WORDS.hung;
  const { en, zh } = WORDS.farewell;
  return { en: `${en} ${status}`, zh: `${zh} ${status}` };
}

/** The language that is asked for, or that of the system. */
export function languageOf(lang: Language | undefined, env: NodeJS.ProcessEnv): Language {
  if (lang !== undefined) return lang;
  const said = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return said.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
