import type { Case } from '../case.js';
import { Wrong } from '../finding.js';
import type { Person } from '../person.js';
import { ask, talk, text } from './check.js';

export const STORMS: readonly Case[] = [
  ask(
    'storms/registrations-at-once',
    text('Forty who register at once get forty ids.', '四十人同时注册，得到四十个不同的 id。'),
    async (world) => {
      const accounts = await Promise.all(Array.from({ length: 40 }, () => world.register()));
      const ids = new Set(accounts.map(({ id }) => id));
      if (ids.size < accounts.length)
        throw new Wrong({
          wanted: `${accounts.length}`,
          got: `${ids.size}`,
          shows: text('two users have one id', '两个用户 id 相同'),
        });
      return undefined;
    },
  ),
  ask(
    'storms/logins-at-once',
    text('After a restart everybody comes back at once.', '服务器重启后所有人同时回来。'),
    async (world) => {
      const accounts = [];
      while (accounts.length < 60) accounts.push(await world.account());
      const people = await Promise.all(accounts.map((account) => world.person(undefined, account)));
      await talk(people[0] as Person, people[59] as Person, 'sixty who came at once');
      return undefined;
    },
  ),
  ask(
    'storms/in-and-out',
    text('Sixteen hundred logins in a row do no harm.', '连续一千六百次登录不会拖垮服务器。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      for (let times = 0; times < 800; times++)
        for (const person of [one, two]) {
          await person.tell('logout', {});
          const got = await person.logIn();
          if (world.words.isLoggedIn(got)) continue;
          throw new Wrong({ got, shows: text('a login is refused', '登录被拒绝') });
        }
      return undefined;
    },
  ),
  ask(
    'storms/connections',
    text('Hundreds who only connect keep nobody from chatting.', '几百个空连接不影响别人聊天。'),
    async (world) => {
      for (let n = 0; n < 300; n++) await world.stranger();
      const [one, two] = (await world.people(2)) as [Person, Person];
      await talk(one, two, 'three hundred connections');
      return undefined;
    },
  ),
  ask(
    'storms/connect-and-close',
    text('Hundreds who connect and go do no harm.', '几百次连接后立即断开不会造成损害。'),
    async (world) => {
      const [one, two] = (await world.people(2)) as [Person, Person];
      for (let n = 0; n < 300; n++) (await world.stranger()).client.reset();
      await talk(one, two, 'three hundred who came and went');
      return undefined;
    },
  ),
];
