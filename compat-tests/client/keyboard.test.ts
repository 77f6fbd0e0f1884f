import { deepStrictEqual } from 'node:assert';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { Keyboard } from '../../src/client/keyboard.js';
import { EndOfInput, type Question } from '../../src/client/terminal.js';
import { Monitor } from './monitor.js';

const UP = '\x1b[A';
const LEFT = '\x1b[D';
const END = '\x05';
const CUT = '\x15';
const PASTE = '\x19';
const ENV = { NO_COLOR: '1', TERM: 'xterm-256color' };

/** A person's keyboard and screen, and a client that asks. */
class Desk {
  readonly monitor: Monitor;
  readonly keyboard: Keyboard;
  readonly #keys = new PassThrough();

  constructor(columns: number, rows: number, env: NodeJS.ProcessEnv = ENV, reflows = true) {
    this.monitor = new Monitor(columns, rows, reflows);
    // Readline looks for it there.
    process.env.TERM = env.TERM;
    this.keyboard = new Keyboard(this.#keys, this.monitor, env);
  }

  ask(kind: Question, prompt = '', signal = new AbortController().signal): Promise<string> {
    return this.keyboard.ask(prompt, kind, signal);
  }

  /** Presses keys, and waits until the screen shows what they do. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.#keys.write(key);
      await nextTurn();
    }
    await this.monitor.settled();
  }

  async show(...messages: string[]): Promise<void> {
    for (const message of messages) this.keyboard.print(message, 'message');
    await this.monitor.settled();
  }
}

const LONG = 'chat:3:a line that is longer than the screen is wide, so that it fills several rows of it';

t.test('messages while a line of several rows is typed: all are seen, the line stays whole', async (t) => {
  const desk = new Desk(30, 10);
  const line = desk.ask('command');
  await desk.press(LONG);
  await desk.show('one', 'two', 'three', 'four');
  t.same(desk.monitor.lines, ['one', 'two', 'three', 'four', `> ${LONG}`]);
  await desk.press(' and more', '\r');
  t.equal(await line, `${LONG} and more`);
  t.same(desk.monitor.lines, ['one', 'two', 'three', 'four', `> ${LONG} and more`, '']);
});

t.test('the same with wide characters, and the cursor amid the line', async (t) => {
  const desk = new Desk(10, 12);
  const line = desk.ask('command');
  await desk.press('chat:3:你好你好你好', LEFT, LEFT, LEFT);
  t.same(desk.monitor.beforeCursor, '你好你');
  await desk.show('群消息[4]: 大家好', 'two');
  await desk.press('x');
  t.same(desk.monitor.lines, ['群消息[4]: 大家好', 'two', '> chat:3:你好你x好你好']);
  t.same(desk.monitor.beforeCursor, '你好你x');
  await desk.press('\r');
  t.equal(await line, 'chat:3:你好你x好你好');
});

t.test('a line that fills its last row to the end', async (t) => {
  const desk = new Desk(10, 12);
  void desk.ask('command');
  await desk.press('12345678');
  await desk.show('one');
  await desk.press('9');
  await desk.show('two');
  t.same(desk.monitor.lines, ['one', 'two', '> 123456789']);
});

t.test('a line longer than the whole screen: the rows around the cursor are shown', async (t) => {
  const desk = new Desk(10, 4);
  const line = desk.ask('command');
  const typed = Array.from({ length: 100 }, (_, at) => String(at % 10)).join('');
  await desk.press(typed);
  await desk.show('one', 'two');
  await desk.press('x');
  t.match(desk.monitor.text, /^one\ntwo\n[0-9]+x$/);
  await desk.press('\r');
  t.equal(await line, `${typed}x`);
  t.match(desk.monitor.text, `one\ntwo\n> ${typed}x\n`);
});

for (const [terminal, reflows, env] of [
  ['wraps its lines anew', true, {}],
  ['leaves the line of the cursor as it is', false, { TERM_PROGRAM: 'vscode' }],
] as const) {
  t.test(`a terminal that ${terminal}: nothing is doubled or lost when its width changes`, async (t) => {
    const desk = new Desk(40, 12, { ...ENV, ...env }, reflows);
    const line = desk.ask('command');
    await desk.show('one');
    await desk.press(LONG);
    for (const [at, width] of [20, 60, 15, 33, 200, 40].entries()) {
      await desk.monitor.resize(width);
      await desk.show(`at width ${width}`);
      const messages = [40, 20, 60, 15, 33, 200, 40].slice(1, at + 2).map((width) => `at width ${width}`);
      t.same(desk.monitor.lines, ['one', ...messages, `> ${LONG}`], `${width} columns`);
    }
    await desk.press('\r');
    t.equal(await line, LONG);
  });
}

t.test('whatever is typed, comes and is resized: every message once, the line whole', async () => {
  const step = fc.oneof(
    fc.record({ type: fc.stringMatching(/^[a-c你]{1,25}$/) }),
    fc.record({ message: fc.stringMatching(/^[x-z好]{0,30}$/) }),
    fc.record({ left: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ columns: fc.integer({ min: 5, max: 50 }) }),
  );
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 25 }),
    fc.boolean(),
    async (steps, reflows) => {
      const env = reflows ? ENV : { ...ENV, TERM_PROGRAM: 'vscode' };
      const desk = new Desk(20, 50, env, reflows);
      void desk.ask('command');
      const expected: string[] = [];
      let line = '> ';
      for (const step of steps) {
        if ('type' in step) {
          await desk.press(END, step.type);
          line += step.type;
        } else if ('message' in step) {
          expected.push(`${expected.length} ${step.message}`.trimEnd());
          await desk.show(expected.at(-1) ?? '');
        } else if ('left' in step) await desk.press(LEFT.repeat(step.left));
        else {
          // Where it wraps the cursor's line anew, this emulator keeps the cursor only at its end.
          if (reflows) await desk.press(END);
          await desk.monitor.resize(step.columns);
        }
      }
      await desk.show('end');
      deepStrictEqual(desk.monitor.lines, [...expected, 'end', line.trimEnd()]);
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

t.test('a password is not shown, and nothing brings it back', async (t) => {
  const desk = new Desk(40, 12);
  const command = desk.ask('command');
  await desk.press('friends', '\r');
  t.equal(await command, 'friends');
  const password = desk.ask('secret', 'userpassword:');
  await desk.press('hunter');
  await desk.show('a message');
  // Cut, and pasted again.
  await desk.press('2', CUT, PASTE, '\r');
  t.equal(await password, 'hunter2');
  const next = desk.ask('command');
  await desk.press(PASTE, UP);
  t.same(desk.monitor.lines, ['> friends', 'a message', 'userpassword:', '> friends']);
  t.notMatch(desk.monitor.text, 'hunter');
  await desk.press('\r');
  t.equal(await next, 'friends');
});

t.test('what is typed ahead, a password among it, is shown when it is asked for', async (t) => {
  const desk = new Desk(40, 12);
  await desk.press('1\r7\rhunter2\rchat:3:h');
  t.equal(await desk.ask('choice', 'choice:'), '1');
  t.equal(await desk.ask('choice', 'userid:'), '7');
  t.equal(await desk.ask('secret', 'userpassword:'), 'hunter2');
  const command = desk.ask('command');
  await desk.press('i');
  t.same(desk.monitor.lines, ['choice:1', 'userid:7', 'userpassword:', '> chat:3:hi']);
  await desk.press(CUT, UP);
  t.equal(desk.monitor.lines.at(-1), '>', 'answers are no commands');
  await desk.press('\r');
  t.equal(await command, '');
});

t.test('a question that is called off: what was typed comes back with arrow-up', async (t) => {
  const desk = new Desk(40, 12);
  const lost = new AbortController();
  const command = desk.ask('command', '', lost.signal);
  await desk.press('chat:3:hel');
  lost.abort(new Error('lost'));
  await t.rejects(command, { message: 'lost' });
  const next = desk.ask('choice', 'reconnect? ');
  await desk.press('y');
  t.same(desk.monitor.lines, ['> chat:3:hel', 'reconnect? y']);
  await desk.press('\r');
  t.equal(await next, 'y');
  void desk.ask('command');
  await desk.press(UP);
  t.equal(desk.monitor.lines.at(-1), '> chat:3:hel');
});

t.test('the end of input: what was typed before it is still to be had', async (t) => {
  const desk = new Desk(40, 12);
  await desk.press('chat:3:hi\r\x04');
  t.equal(await desk.ask('command'), 'chat:3:hi');
  await t.rejects(desk.ask('command'), new EndOfInput());
});

t.test('a wiped screen', async (t) => {
  const desk = new Desk(20, 12);
  await desk.show('one');
  void desk.ask('command');
  await desk.press(LONG, '\x0c');
  t.same(desk.monitor.lines, [`> ${LONG}`]);
});

t.test('a terminal that cannot move its cursor', async (t) => {
  const desk = new Desk(80, 12, { TERM: 'dumb' });
  const command = desk.ask('command');
  await desk.press('chat:3:hel');
  await desk.show('one');
  await desk.press('lo', '\r');
  t.equal(await command, 'chat:3:hello');
  const password = desk.ask('secret', 'userpassword:');
  await desk.press('hunter2', '\r');
  t.equal(await password, 'hunter2');
  t.same(desk.monitor.lines, ['> chat:3:hel', 'one', '> chat:3:hello', 'userpassword:', '']);
});

t.test('what is sent, what was stored, and what comes, are told apart', async (t) => {
  const desk = new Desk(80, 12, { TERM: 'xterm' });
  const command = desk.ask('command');
  await desk.press('chat:3:hello', '\r');
  await command;
  const raw: string[] = [];
  desk.monitor.write = (bytes: string) => raw.push(bytes) > 0;
  desk.keyboard.print('a screen');
  desk.keyboard.print('T [3]bob said: hi', 'message');
  desk.keyboard.print('T [3]bob said: hi', 'stored');
  t.same(desk.monitor.lines, ['> chat:3:hello', '']);
  t.same(raw, ['a screen\n', 'T [3]bob said: hi\n', '\x1b[33m(unread) T [3]bob said: hi\x1b[39m\n']);
});
