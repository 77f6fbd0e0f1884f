/* global WORDS */
const byId = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search).get('lang');
let language = asked in WORDS ? asked : navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
let words = WORDS[language];
let before;
let now;
let moments = [];
let peers = [];
/** Since when the server has not answered. */
let goneSince;

/** Cards: what they show of a status, and of a moment of the past. `old` is the one before. */
const CARDS = {
  users: { now: (s) => value(s, 'chat_users'), past: (m) => m.users },
  connections: { now: (s) => value(s, 'chat_connections'), past: (m) => m.connections },
  messages: {
    now: (s, old) => rate(s, old, 'chat_messages_total{'),
    past: (m, old) => growth(m, old, 'messages'),
  },
  deliveries: {
    now: (s, old) => rate(s, old, 'chat_deliveries_total{'),
    past: (m, old) => growth(m, old, 'deliveries'),
  },
  waiting: { now: (s) => value(s, 'chat_backlog_messages'), past: (m) => m.waiting },
  age: { now: (s) => value(s, 'chat_backlog_age_seconds'), past: (m) => m.age },
  full: { now: (s) => fullness(s), past: (m) => (100 * m.bytes) / Math.max(1, m.limit) },
  braked: { now: (s) => value(s, 'chat_braked_clients'), past: (m) => m.braked },
  dropped: {
    now: (s, old) => rate(s, old, 'chat_dropped_total{'),
    past: (m, old) => growth(m, old, 'dropped'),
  },
  busy: { now: () => 100 * (moments.at(-1)?.busy ?? 0), past: (m) => 100 * m.busy },
  memory: { now: (s) => value(s, 'process_resident_memory_bytes') / 1e6, past: (m) => m.memory / 1e6 },
};

/** Where in the runbook it says what to do. */
const ANCHORS = {
  'the database': 'chatserviceaway',
  Redis: 'chatserviceaway',
  silent: 'chatnodedown',
  full: 'chatbacklogfills',
  late: 'chatmessageswait',
  braked: 'chatclientsbraked',
  busy: 'chatloopbusy',
  lost: 'chatmessageslost',
  files: 'chatfilesnearlyout',
  certificate: 'chatcertificateexpires',
};

/** What is wrong beside services that are away: its name, how bad it is, and its number where it is so. */
const CONCERNS = [
  ['full', 'bad', (s) => over(fullness(s), 50)],
  ['late', 'warn', (s) => over(value(s, 'chat_backlog_age_seconds'), 10)],
  ['braked', 'warn', (s) => over(value(s, 'chat_braked_clients'), 0)],
  ['busy', 'warn', (s) => over(value(s, 'nodejs_eventloop_lag_p99_seconds'), 0.25)],
  ['lost', 'bad', (s) => over(value(s, 'chat_lost_total{store}'), 0)],
  ['files', 'warn', (s) => over(value(s, 'process_open_fds') / value(s, 'process_max_fds'), 0.9)],
  ['certificate', 'warn', (s) => daysLeft(value(s, 'chat_certificate_expiry_timestamp_seconds'))],
];

function over(number, limit) {
  return number > limit ? number : undefined;
}

function daysLeft(until) {
  const days = Math.max(0, Math.floor((until - Date.now() / 1000) / 86400));
  return until > 0 && days < 14 ? days : undefined;
}

/** A text of the page with its numbers and names: `{}` one after the other, `{1}` by their place. */
function said(text, ...parts) {
  let next = 0;
  return text.replace(/\{(\d?)\}/g, (_, place) => parts[place === '' ? next++ : Number(place)]);
}

function value(status, name) {
  return status.values[name] ?? 0;
}

function fullness(status) {
  return (100 * value(status, 'chat_backlog_bytes')) / Math.max(1, value(status, 'chat_backlog_limit_bytes'));
}

function sum(status, start) {
  return Object.entries(status.values).reduce(
    (all, [name, count]) => all + (name.startsWith(start) ? count : 0),
    0,
  );
}

/** How fast all counters grow whose names begin so. */
function rate(status, old, start) {
  if (old === undefined) return 0;
  return Math.max(0, (sum(status, start) - sum(old, start)) / Math.max(0.001, (status.at - old.at) / 1000));
}

function growth(moment, old, key) {
  if (old === undefined) return undefined;
  return Math.max(0, (moment[key] - old[key]) / Math.max(0.001, (moment.at - old.at) / 1000));
}

function written(number) {
  return number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 1 : 0 });
}

function milliseconds(seconds) {
  return `${(seconds * 1000).toFixed(1)} ms`;
}

function duration(seconds) {
  const units = [
    ['d', 86400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? units[3];
  return `${Math.floor(seconds / size)} ${words.unit[unit]}`;
}

/** The time of day; with the date when it was another day. */
function clock(time) {
  const date = new Date(time);
  const hours = date.toTimeString().slice(0, 8);
  if (date.toDateString() === new Date().toDateString()) return hours;
  return `${date.getMonth() + 1}-${date.getDate()} ${hours}`;
}

function element(name, attributes, ...children) {
  const isDrawn = name === 'svg' || name === 'polyline';
  const made = isDrawn
    ? document.createElementNS('http://www.w3.org/2000/svg', name)
    : document.createElement(name);
  for (const [key, text] of Object.entries(attributes)) made.setAttribute(key, text);
  made.append(...children);
  return made;
}

function row(...cells) {
  return element(
    'tr',
    {},
    ...cells.map((cell) => (cell instanceof Node ? cell : element('td', {}, String(cell)))),
  );
}

const number = (text) => element('td', { class: 'number' }, text);

function named(name) {
  return words.names[name] ?? words.texts[name] ?? name;
}

/** A line of the log in the language of the page: whole, or its start, which ends with a space. */
function told(message) {
  const start = Object.keys(words.texts).find((text) => text.endsWith(' ') && message.startsWith(text));
  return start === undefined ? named(message) : words.texts[start] + message.slice(start.length);
}

/** A reason in the language of the page, with the reason itself, which one can look up. */
function explained(reason) {
  const [, meaning] = words.reasons.find(([part]) => reason.includes(part)) ?? [];
  return meaning === undefined ? reason : meaning + said(words.aside, reason);
}

/** What another node says of a service: which it is, and why. */
function problemTold(problem) {
  const [, start, reason] = /^(.+ is away): (.*)$/.exec(problem) ?? [];
  return start === undefined ? explained(problem) : `${told(start)}: ${explained(reason)}`;
}

/** The fields of a line of the log, with the reason in the language of the page. */
function fieldsTold(fields) {
  return fields.replace(/\breason: ([^,]+)/, (all, reason) => {
    const meaning = named(reason) === reason ? explained(reason) : named(reason) + said(words.aside, reason);
    return meaning === reason ? all : `${words.because}: ${meaning}`;
  });
}

/** Another node: its name leads to its page. */
function peerRow({ url, name, silent, problems = [], unready = [], users }) {
  const [look, text] =
    silent !== undefined
      ? ['bad', said(words.silent, explained(silent))]
      : unready.length > 0
        ? ['bad', words.unready]
        : problems.length > 0
          ? ['warn', words.troubled]
          : ['good', words.serving];
  return row(
    element('td', {}, element('a', { href: url }, name ?? new URL(url).host)),
    element('td', { class: look }, [text, ...problems.map(problemTold)].join('; ')),
    number(users === undefined ? '' : written(users)),
  );
}

/** What is wrong now, the worst first. */
function problems(status) {
  const away = status.services.filter(({ problem }) => problem !== undefined);
  const found = away.map(({ name, problem, since }) => {
    return { id: name, level: name === 'Redis' ? 'warn' : 'bad', reason: problem, since };
  });
  if (status.processes === 0) found.push({ id: 'silent', level: 'bad' });
  if (status.problems.includes('the server is stopping')) found.push({ id: 'stopping', level: 'warn' });
  for (const [id, level, read] of CONCERNS) {
    const count = read(status);
    if (count !== undefined) found.push({ id, level, count });
  }
  return found.sort((a, b) => (a.level === b.level ? 0 : a.level === 'bad' ? -1 : 1));
}

function problemBox({ id, level, reason, since, count }) {
  const [title, notice, remedy] = words.problems[id] ?? [id, '', ''];
  const facts = [
    [
      words.since,
      since === undefined ? undefined : `${clock(since)} (${duration((Date.now() - since) / 1000)})`,
    ],
    [words.because, reason === undefined ? undefined : explained(reason)],
    [words.notice, notice],
    [words.remedy, remedy],
  ].filter(([, text]) => text !== undefined);
  const list = facts.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]);
  const more = { href: `runbook?lang=${language}#${ANCHORS[id] ?? ''}` };
  list.at(-1).append(' ', element('a', more, words.more));
  const heading = said(title, written(count ?? 0));
  return element(
    'div',
    { class: `problem ${level}`, 'data-problem': id },
    element('strong', {}, heading),
    element('dl', {}, ...list),
  );
}

/** The past of a card as a line, with how high it was. */
function line(read) {
  const points = moments
    .map((moment, n) => [moment.at, read(moment, moments[n - 1])])
    .filter(([, y]) => y !== undefined);
  const highest = Math.max(0, ...points.map(([, y]) => y));
  const end = moments.at(-1)?.at ?? 0;
  const span = Math.max(120_000, end - (moments[0]?.at ?? end));
  const drawn = points.map(
    ([at, y]) => `${(100 * (at - end + span)) / span},${30 - (28 * y) / Math.max(1, highest)}`,
  );
  return [
    element(
      'svg',
      { viewBox: '0 0 100 30', preserveAspectRatio: 'none' },
      element('polyline', { points: drawn.join(' ') }),
    ),
    element('small', {}, said(words.highest, written(highest), Math.round(span / 60_000))),
  ];
}

function show() {
  const found = problems(now);
  const isUnready = now.unready.length > 0;
  const state = isUnready ? 'unready' : found.length > 0 ? 'troubled' : 'serving';
  byId('state').textContent = words[state];
  byId('state').className = isUnready ? 'bad' : found.length > 0 ? 'warn' : 'good';
  byId('name').textContent = now.name;
  document.title = `${found.length > 0 ? '⚠ ' : ''}${now.name}: ${words[state]}`;
  byId('about').textContent = said(
    words.about,
    now.version,
    words.processes(now.processes),
    duration(now.uptime),
  );
  byId('problems').replaceChildren(...found.map(problemBox));
  byId('cards').replaceChildren(
    ...Object.entries(CARDS).map(([key, card]) => {
      const [title, help] = words.cards[key];
      const figure = element('b', {}, written(card.now(now, before)));
      return element(
        'div',
        { class: 'card', 'data-card': key, title: help },
        element('span', {}, title),
        figure,
        ...line(card.past),
      );
    }),
  );
  byId('services').replaceChildren(...services());
  byId('latencies').replaceChildren(...latencies());
  byId('counted').replaceChildren(...counted());
  byId('recent').replaceChildren(...now.recent.slice(0, 20).map(recentRow));
}

function recentRow({ time, first, count, level, message, fields }) {
  const look = level >= 50 ? 'bad' : level >= 40 ? 'warn' : 'good';
  const often = count > 1 ? said(words.times, written(count), clock(first)) : '';
  const text = element(
    'td',
    { class: look, title: message },
    told(message),
    element('small', {}, ` ${often}`),
  );
  return row(element('td', { class: 'time' }, clock(time)), text, fieldsTold(fields));
}

function services() {
  const rows = now.services.map(({ name, problem, since, seconds }) =>
    row(
      named(name),
      element(
        'td',
        { class: problem ? 'bad' : 'good' },
        problem ? said(words.away, clock(since), explained(problem)) : words.answers,
      ),
      number(seconds === undefined ? '' : milliseconds(seconds)),
    ),
  );
  const { workers, beyond } = now.others;
  if (now.processes > 1) rows.push(row(words.workers, known(workers, beyond === 0), number('')));
  if (now.services.some(({ name }) => name === 'Redis'))
    rows.push(row(words.beyond, known(beyond, true), number('')));
  return rows;
}

/** How many others there are, and whether they have confirmed what was sent to them. */
function known(count, withUnconfirmed) {
  if (count === 0) return words.none;
  const bytes = withUnconfirmed ? value(now, 'chat_unconfirmed_bytes') : 0;
  return said(
    words.known,
    written(count),
    bytes === 0 ? words.confirmed : said(words.unconfirmed, written(bytes)),
  );
}

/** Of every call that was timed: how often, and how long on average since the last look, or else since the start. */
function latencies() {
  const timed = Object.keys(now.values).filter((name) =>
    /^chat_(store|bus|confirm)_seconds_count/.test(name),
  );
  return timed.map((count) => {
    const total = count.replace('_count', '_sum');
    const isNew = now.values[count] !== before?.values[count];
    const [calls, seconds] = [count, total].map(
      (name) => now.values[name] - (isNew ? (before?.values[name] ?? 0) : 0),
    );
    const [, part, call] = /^chat_(\w+)_seconds_count(?:\{(.*)\})?$/.exec(count);
    const title = call ? `${words.calls[part]}: ${call}` : words.confirming;
    return row(
      title,
      number(written(rate(now, before, count))),
      number(calls > 0 ? milliseconds(seconds / calls) : ''),
    );
  });
}

function counted() {
  const names = Object.keys(now.values).filter((name) =>
    /^chat_(messages|deliveries|refused|dropped|lost)_total\{/.test(name),
  );
  return names
    .filter((name) => now.values[name] > 0)
    .map((name) => {
      const [, group, labels] = /^chat_(\w+)_total\{(.*)\}$/.exec(name);
      const what = words.names[labels] ?? labels.split(' ').map(named).join(' ');
      return row(
        `${words.groups[group]}: ${what}`,
        number(written(rate(now, before, name))),
        number(written(now.values[name])),
      );
    });
}

function speak() {
  words = WORDS[language];
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  byId('language').textContent = words.other;
  for (const each of document.querySelectorAll('[data-word]')) each.textContent = words[each.dataset.word];
  const meanings = Object.values(words.cards).flatMap(([name, help]) => [
    element('dt', {}, name),
    element('dd', {}, help),
  ]);
  byId('meaning').replaceChildren(...meanings);
  showPeers();
  if (now !== undefined) show();
}

async function get(path) {
  const answer = await fetch(path, { cache: 'no-store' });
  return answer.json();
}

/** What a minute of looking costs the server is the same however many look: it makes one answer for all. */
async function look() {
  try {
    const status = { ...(await get('status')), at: performance.now() };
    before = now;
    now = status;
    goneSince = undefined;
    show();
  } catch {
    goneSince ??= Date.now();
    byId('state').textContent = said(words.gone, clock(goneSince));
    byId('state').className = 'bad';
    document.title = `⚠ ${words.gone.replace(/ ?\{\}/, ' …')}`;
  }
  setTimeout(look, 1000);
}

async function remember() {
  try {
    moments = await get('history');
  } catch {
    // What it shows of the past stays; the state says that nobody answers.
  }
  setTimeout(remember, 5000);
}

/** The other nodes that this one was told of by --admin-peers: they are asked only where there are some. */
async function lookAround() {
  try {
    peers = await get('peers');
    showPeers();
    if (peers.length === 0) return;
  } catch {
    // The state says that nobody answers.
  }
  setTimeout(lookAround, 3000);
}

function showPeers() {
  byId('peers').hidden = peers.length === 0;
  byId('nodes').replaceChildren(...peers.map(peerRow));
}

byId('language').addEventListener('click', () => {
  language = language === 'zh' ? 'en' : 'zh';
  speak();
});
speak();
remember().then(look);
lookAround();
