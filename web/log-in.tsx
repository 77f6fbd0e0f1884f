import { useEffect, useState } from 'preact/hooks';
import { usePage } from './context.js';
import { Problem } from './problem.js';
import { remember } from './settings.js';
import { digits, unstorable } from './text.js';

/** The most characters of a name. */
const MOST_NAME = 50;

/** The form to log in, or to register. */
export function LogIn() {
  const { session, words, switchLanguage } = usePage();
  const [isNew, setNew] = useState(false);
  const [who, setWho] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isOwn, setOwn] = useState(false);
  const [problem, setProblem] = useState('');
  const [isOther, setOther] = useState(false);
  const [told, setTold] = useState('');
  const byName = session.speech.byName('login');
  const { isBusy } = session.model;
  useEffect(() => {
    document.querySelector<HTMLInputElement>('form input')?.focus();
  }, [isNew]);

  const typed = byName ? who.trim() : digits(who);

  const enter = async (account: string) => {
    const result = await session.logIn({ who: account, password }, isOwn ? 'keep' : 'forget');
    if (result === 'ok') {
      if (isOwn) remember('account', account);
      return;
    }
    if (result === 'inUse' && !byName && (await session.isInOtherTab(Number(account)))) {
      setOther(true);
      setProblem(words.inOtherTab);
    } else if (result === 'invalid' || result === 'refused')
      setProblem(byName ? words.wrongName : words.wrong);
    else setProblem(words[result]);
  };

  const register = async () => {
    const chosen = name.trim();
    const bad = session.facts.charset === 'gbk' ? unstorable(chosen) : undefined;
    if (chosen === '') return setProblem(words.nameEmpty);
    if ([...chosen].length > MOST_NAME) return setProblem(words.nameLong);
    if (bad !== undefined) return setProblem(words.nameGbk(bad));
    if (password === '') return setProblem(words.passwordEmpty);
    const result = await session.register(chosen, password);
    if (typeof result !== 'number')
      return setProblem(result === 'lost' || result === 'unavailable' ? words[result] : words.nameRefused);
    const account = byName ? chosen : String(result);
    setTold(words.registered(result));
    setWho(account);
    setNew(false);
    await enter(account);
    session.say(words.registered(result));
  };

  const submit = (event: Event) => {
    event.preventDefault();
    setProblem('');
    setOther(false);
    if (isNew) void register();
    else if (!byName && !/^\d{1,10}$/.test(typed)) setProblem(words.badNumber);
    else void enter(typed);
  };

  const useHere = async () => {
    setOther(false);
    setProblem('');
    await session.takeFromOtherTab(Number(typed));
    await enter(typed);
  };

  return (
    <main class="login">
      <header>
        <img src="icon.svg" alt="" width="48" height="48" />
        <h1>{words.title}</h1>
        <p>{words.intro}</p>
      </header>
      <form onSubmit={submit} aria-busy={isBusy}>
        {told !== '' && <p role="status">{told}</p>}
        {isNew || byName ? (
          <label>
            {words.name}
            <input
              name="name"
              autocomplete="username"
              value={isNew ? name : who}
              onInput={({ currentTarget: { value } }) => (isNew ? setName(value) : setWho(value))}
            />
          </label>
        ) : (
          <label>
            {words.number}
            <input
              name="number"
              inputMode="numeric"
              autocomplete="username"
              value={who}
              aria-describedby="number-hint"
              onInput={({ currentTarget: { value } }) => setWho(value)}
            />
            <small id="number-hint">{words.numberHint}</small>
          </label>
        )}
        <label>
          {words.password}
          <input
            name="password"
            type="password"
            autocomplete={isNew ? 'new-password' : 'current-password'}
            value={password}
            onInput={({ currentTarget: { value } }) => setPassword(value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isOwn}
            onChange={({ currentTarget: { checked } }) => setOwn(checked)}
          />
          <span>
            {words.ownDevice}
            <small>{words.ownDeviceHint}</small>
          </span>
        </label>
        <Problem text={problem} />
        {isOther && (
          <button type="button" class="second" onClick={() => void useHere()}>
            {words.useHere}
          </button>
        )}
        <button type="submit" disabled={isBusy}>
          {isNew ? words.register : words.logIn}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => {
            setNew(!isNew);
            setProblem('');
          }}
        >
          {isNew ? words.haveAccount : words.newHere}
        </button>
      </form>
      <button
        type="button"
        class="plain language"
        lang={words.language === 'English' ? 'en' : 'zh-CN'}
        onClick={switchLanguage}
      >
        {words.language}
      </button>
    </main>
  );
}
