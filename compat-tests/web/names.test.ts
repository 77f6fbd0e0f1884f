import t from 'tap';
import { openChromium } from '../harness/browser.js';
import { until } from '../harness/deadline.js';
import { MariaDb } from '../harness/mariadb.js';
import { PageUser } from './page-user.js';
import { startWebServer } from './web-server.js';

t.setTimeout(600_000);
const chromium = await openChromium(t);
const { skip } = chromium;

t.test('a name that GBK cannot hold is explained, and not sent', { skip }, async (t) => {
  const mariadb = await MariaDb.start();
  const server = await startWebServer(['--mysql', await mariadb.createDatabase('chat')]);
  t.teardown(async () => {
    await server.child.stop('SIGKILL');
    await mariadb.stop();
  });
  const user = await PageUser.open(chromium.browser, server.url, { locale: 'zh-CN' });
  const { page } = user;
  const sent: number[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (typeof payload === 'string') sent.push((JSON.parse(payload) as { msgid: number }).msgid);
    }),
  );
  await page.reload();
  await page.getByRole('button', { name: '没有账号？注册' }).click();
  await page.getByLabel('名字').fill('小秀');
  await page.getByLabel('密码').fill('pw');
  await page.getByRole('button', { name: '注册', exact: true }).click();
  await page.getByText('此服务器以 GBK 编码保存名字，无法保存“秀”。请换一个名字。').waitFor();
  t.same(sent, []);
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await page.getByText('which cannot hold “秀”. Please choose another name.').waitFor();
  await page.getByLabel('Name').fill('小明');
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await page.locator('.sidebar').waitFor();
  sent.length = 0;
  await page.getByRole('button', { name: 'Groups', exact: true }).click();
  await page.getByRole('button', { name: 'Make a group' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the group').fill('训');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.getByText('which cannot hold “训”').waitFor();
  // The original's table of groups holds no Chinese at all: only the server can know.
  await dialog.getByLabel('Name of the group').fill('你好吗');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await dialog.getByText('or has characters that this server cannot keep').waitFor();
  await dialog.getByLabel('Name of the group').fill('three');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await until(async () => (await page.locator('.conversation h1').count()) > 0, 'the group');
  t.equal(sent.filter((msgid) => msgid === 8).length, 2, 'one that it may hold is sent');
  t.same(user.wrong, []);
  await user.context.close();
});
