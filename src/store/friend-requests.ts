/** At most this many requests of one account wait for their answers. */
export const MOST_ASKED = 100;

/** At most this many requests to one account are listed: the last ones. */
export const MOST_LISTED = 200;

/** A user who has asked another one to be friends. */
export interface Asker {
  readonly id: number;
  readonly name: string;
  readonly state: 'online' | 'offline';
}

/** The requests for friendship that nobody has answered, in the table `friendrequest` (`--friend-requests`). */
export interface FriendRequestStore {
  /** Notes that a user asks another one. Asking again changes nothing. False when it waits for MOST_ASKED others already. */
  askFriend(userid: number, friendid: number): Promise<boolean>;

  /** Whether the one has asked the other, and has no answer yet. */
  hasAskedFriend(userid: number, friendid: number): Promise<boolean>;

  /** The users who have asked a user, the last one first; at most MOST_LISTED of them. */
  friendRequests(friendid: number): Promise<readonly Asker[]>;

  /** There is nothing to be answered any more. False when there was nothing. */
  endFriendRequest(userid: number, friendid: number): Promise<boolean>;
}
