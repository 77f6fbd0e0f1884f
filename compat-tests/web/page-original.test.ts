import t from 'tap';
import { findBrowser } from '../harness/browser.js';
import { converse } from './conversation.js';

t.setTimeout(600_000);

t.test(
  'people at the page and at a console, in the dialect original',
  { skip: findBrowser() === undefined && 'there is no Chromium here' },
  (t) => converse(t, 'original'),
);
