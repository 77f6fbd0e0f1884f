import { useEffect, useMemo, useReducer, useState } from 'preact/hooks';
import { Banner } from './banner.js';
import { Chat } from './chat.js';
import { PageContext } from './context.js';
import { LogIn } from './log-in.js';
import { notifyOf, showCount } from './notify.js';
import type { Session } from './session.js';
import { forgetSettings, remember, remembered } from './settings.js';
import { firstLanguage, LANGUAGES, type Language } from './words.js';

/** All of the page: the form to log in, or the chat. */
export function App({ session }: { readonly session: Session }) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [language, setLanguage] = useState<Language>(() =>
    firstLanguage(remembered('language'), navigator.languages),
  );
  const [isRestoring, setRestoring] = useState(
    remembered('account') !== null || session.facts.demo !== undefined,
  );
  const words = LANGUAGES[language];
  const { model } = session;
  useEffect(() => session.onChange(() => redraw(undefined)), [session]);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  useEffect(() => showCount(model, words));
  useEffect(
    () => session.onMessage((message, talk) => notifyOf(session, message, talk, LANGUAGES[language])),
    [],
  );
  useEffect(() => {
    const account = remembered('account');
    if (account === null) {
      if (session.facts.demo !== undefined) void visit(session).then(() => setRestoring(false));
      return;
    }
    void session.logIn({ who: account, password: '' }, 'resume').then((result) => {
      setRestoring(false);
      if (result === 'invalid' || result === 'refused') {
        remember('account', undefined);
        session.say(LANGUAGES[language].sessionOver);
      } else if (result !== 'ok') session.say(wordFor(result, language), true);
    });
  }, [session]);
  useEffect(() => {
    const back = () => document.visibilityState === 'visible' && session.freshen();
    document.addEventListener('visibilitychange', back);
    return () => document.removeEventListener('visibilitychange', back);
  }, [session]);
  const page = useMemo(
    () => ({
      session,
      words,
      switchLanguage: () => {
        const other = language === 'en' ? 'zh' : 'en';
        remember('language', other);
        setLanguage(other);
      },
      logOut: async (keepCopy: boolean, everywhere: boolean) => {
        if (keepCopy) remember('account', undefined);
        else forgetSettings();
        if (!(await session.logOut(keepCopy, everywhere))) session.say(words.logOutUntold, true);
      },
    }),
    [session, words],
  );
  const isIn = model.me !== undefined;
  return (
    <PageContext.Provider value={page}>
      {isIn ? (
        <>
          <Banner />
          <Chat />
        </>
      ) : isRestoring ? (
        <main class="restoring">
          <p role="status">{words.connecting}</p>
        </main>
      ) : (
        <LogIn />
      )}
      <div class={`toast${model.toast?.isBad ? ' bad' : ''}`} role="status">
        {model.toast && (
          <>
            <span>{model.toast.text}</span>
            <button
              type="button"
              class="plain"
              aria-label={words.close}
              onClick={() => {
                model.toast = undefined;
                redraw(undefined);
              }}
            >
              ×
            </button>
          </>
        )}
      </div>
    </PageContext.Provider>
  );
}

function wordFor(result: 'inUse' | 'unavailable' | 'lost', language: Language): string {
  return LANGUAGES[language][result];
}

/** Takes the first account of a demonstration that nobody has. */
async function visit(session: Session): Promise<void> {
  const { ids, password } = session.facts.demo ?? { ids: [], password: '' };
  for (const id of ids)
    if ((await session.logIn({ who: String(id), password }, 'forget')) !== 'inUse') return;
}
