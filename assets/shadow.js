// Brings what has been found since, every two seconds; what somebody has opened stays open.
const main = document.querySelector('main');

async function renew() {
  try {
    const answer = await fetch('main');
    if (answer.ok) show(await answer.text());
  } catch {
    // The run has ended: what is known stays.
    return;
  }
  setTimeout(renew, 2000);
}

/** @param {string} text */
function show(text) {
  const open = [...main.querySelectorAll('details[open]')].map(({ id }) => id);
  const focused = main.contains(document.activeElement) || String(getSelection()) !== '';
  // Nobody loses what he reads with the keyboard, or has marked.
  if (focused || main.dataset.text === text) return;
  main.dataset.text = text;
  main.innerHTML = text;
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
}

setTimeout(renew, 2000);
