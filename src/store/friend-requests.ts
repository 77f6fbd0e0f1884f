/** An account waits for the answers of at most so many others. */
export const MOST_ASKED = 100;

/** At most so many who have asked are listed, those who asked last. */
export const MOST_LISTED = 200;

/** Who has asked. */
export interface Asker {
  readonly id: number;
  readonly name: string;
  readonly state: 'online' | 'offline';
}

/** Who has asked whom to be friends, in the table `friendrequest` (`--friend-requests`). */
export interface FriendRequestStore {
  /** Notes that a user asks another one. Asking again changes nothing. False when it waits for MOST_ASKED others already. */
  askFriend(userid: number, friendid: number): Promise<boolean>;

  /** Whether the one has asked the other, who has not answered. */
  hasAskedFriend(userid: number, friendid: number): Promise<boolean>;

  /** Who has asked a user, the last one first; at most MOST_LISTED of them. */
  friendRequests(friendid: number): Promise<readonly Asker[]>;

  /** There is nothing to be answered any more. False when there was nothing. */
  endFriendRequest(userid: number, friendid: number): Promise<boolean>;
}
