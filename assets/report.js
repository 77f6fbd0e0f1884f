// The button between the two languages of a report; a browser in Chinese begins in Chinese.
const root = document.documentElement;
const button = document.getElementById('language');

/** @param {string} language */
function speak(language) {
  root.lang = language;
  button.textContent = language === 'en' ? '中文' : 'English';
  button.lang = '';
  document.title = root.dataset[language === 'en' ? 'en' : 'zh'];
}

button.addEventListener('click', () => speak(root.lang === 'en' ? 'zh-CN' : 'en'));
if (root.lang === 'en' && navigator.language.startsWith('zh')) speak('zh-CN');
else speak(root.lang);
