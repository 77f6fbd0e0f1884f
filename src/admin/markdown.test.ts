import t from 'tap';
import { htmlOf } from './markdown.js';

/** The HTML without what only lines it up. */
const html = (markdown: string) =>
  htmlOf(markdown, (to) => (to.startsWith('#') ? to : undefined)).replace(/\n(?=<|$)/g, '');

t.test('headings have the anchors of GitHub', async (t) => {
  t.equal(html('# A disk: full?'), '<h1 id="a-disk-full">A disk: full?</h1>');
  t.equal(html('### `check` 会说什么'), '<h3 id="check-会说什么"><code>check</code> 会说什么</h3>');
});

t.test('lines that belong together are a paragraph; a list and a heading end it', async (t) => {
  t.equal(html('one\ntwo\n\nthree'), '<p>one\ntwo</p><p>three</p>');
  t.equal(
    html('one\n- two\n  three\n- four\n## five'),
    '<p>one</p><ul><li><p>two\nthree</p></li><li><p>four</p></li></ul><h2 id="five">five</h2>',
  );
});

t.test('numbered lists; code stands where it stands, also in an item', async (t) => {
  t.equal(
    html('1. one:\n\n   ```sh\n   a\n     b\n   ```\n2. two\nthree'),
    '<ol><li><p>one:</p><pre><code>a\n  b</code></pre></li><li><p>two</p></li></ol><p>three</p>',
  );
  t.equal(html('```\n# <no> **heading**\n```'), '<pre><code># &lt;no&gt; **heading**</code></pre>');
  t.equal(html('```\nnever ended'), '<pre><code>never ended</code></pre>');
});

t.test('tables', async (t) => {
  t.equal(
    html('| a | b |\n|---|---:|\n| `x \\| y` | **z** |\n| | 2 |\nend'),
    '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>' +
      '<tr><td><code>x | y</code></td><td><strong>z</strong></td></tr><tr><td></td><td>2</td></tr></tbody></table>' +
      '<p>end</p>',
  );
  t.equal(html('| is none'), '<p>| is none</p>');
});

t.test('in a line: what is code is nothing else, links lead where they may, all else is text', async (t) => {
  t.equal(html('`a **b** <c>` & "d"'), '<p><code>a **b** &lt;c&gt;</code> &amp; &quot;d&quot;</p>');
  t.equal(html('[**a**](#b) [c](d.md)'), '<p><a href="#b"><strong>a</strong></a> c</p>');
  t.equal(html('[a](#b"onclick="c)'), '<p><a href="#b&quot;onclick=&quot;c">a</a></p>');
  t.equal(html('2 * 3 ** 4 [5] `6'), '<p>2 * 3 ** 4 [5] `6</p>');
});
