/**
 * The five tables of chat.sql in their SQLite form, and one each for the logins of browsers, the numbers of messages and
 * requests for friendship: the same columns and keys. Text is UTF-8; AUTOINCREMENT
 * never gives an id twice, as MySQL; names differ only by more than the case of ASCII letters. How long a
 * password may be is for `users` to say.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS user (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE COLLATE NOCASE CHECK (length(name) <= 50),
  password TEXT CHECK (length(password) <= 255),
  state TEXT DEFAULT 'offline' CHECK (state IN ('online', 'offline'))
);
CREATE TABLE IF NOT EXISTS friend (
  userid INTEGER NOT NULL,
  friendid INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS friend_userid ON friend (userid, friendid);
CREATE TABLE IF NOT EXISTS allgroup (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  groupname TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(groupname) <= 50),
  groupdesc TEXT DEFAULT '' CHECK (length(groupdesc) <= 200)
);
CREATE TABLE IF NOT EXISTS groupuser (
  groupid INTEGER NOT NULL,
  userid INTEGER NOT NULL,
  grouprole TEXT CHECK (grouprole IN ('creator', 'normal'))
);
CREATE INDEX IF NOT EXISTS groupuser_groupid ON groupuser (groupid, userid);
CREATE INDEX IF NOT EXISTS groupuser_userid ON groupuser (userid, groupid);
CREATE TABLE IF NOT EXISTS offlinemessage (
  userid INTEGER NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS offlinemessage_userid ON offlinemessage (userid);
CREATE TABLE IF NOT EXISTS websession (
  token TEXT PRIMARY KEY,
  userid INTEGER NOT NULL,
  proof TEXT NOT NULL,
  until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS friendrequest (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  userid INTEGER NOT NULL,
  friendid INTEGER NOT NULL,
  UNIQUE (userid, friendid)
);
CREATE INDEX IF NOT EXISTS friendrequest_friendid ON friendrequest (friendid, id);
CREATE INDEX IF NOT EXISTS websession_userid ON websession (userid, until);
CREATE TABLE IF NOT EXISTS chatseq (
  userid INTEGER NOT NULL,
  place INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  state TEXT NOT NULL,
  node TEXT NOT NULL,
  toid INTEGER NOT NULL,
  groupid INTEGER NOT NULL,
  sent INTEGER NOT NULL,
  PRIMARY KEY (userid, place)
) WITHOUT ROWID;
`;

/** Nobody is online when a server starts. */
export const ALL_OFFLINE = "UPDATE user SET state = 'offline' WHERE state = 'online'";
