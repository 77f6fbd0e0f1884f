import type { ChatMessage, Login } from './core/received.js';
import type { Addressed } from './line.js';

/** Of whom it is known that there is such a user, or group: the others may be typing errors. */
export class Known {
  readonly #user = new Set<number>();
  readonly #group = new Set<number>();
  readonly #friends = new Map<number, { name: string; online: boolean }>();

  /** Whoever a login brings. */
  login({ id, friends, groups }: Login): void {
    this.#user.add(id);
    for (const friend of friends) {
      this.#user.add(friend.id);
      this.#friends.set(friend.id, { ...friend });
    }
    for (const group of groups) {
      this.#group.add(group.id);
      for (const member of group.members) this.#user.add(member.id);
    }
  }

  /** Whoever wrote, and the group. */
  message({ from, group }: ChatMessage): void {
    this.#user.add(from.id);
    if (group !== undefined) this.#group.add(group);
  }

  /**
   * Notes that a friend of the last login is online, or not. Its name; undefined if it is no news, or who has become a
   * friend since: its name is not known.
   */
  friend(id: number, online: boolean): string | undefined {
    const known = this.#friends.get(id);
    if (known === undefined || known.online === online) return undefined;
    this.#friends.set(id, { ...known, online });
    return known.name;
  }

  /** Whether it is the first time that somebody is written to of whom nothing is known. */
  isNews({ kind, id }: Addressed): boolean {
    const known = kind === 'user' ? this.#user : this.#group;
    if (known.has(id)) return false;
    known.add(id);
    return true;
  }
}
