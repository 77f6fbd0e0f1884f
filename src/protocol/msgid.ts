/** The numbers in `msgid`, by the original's names (PROTOCOL.md section 5). */
export const LOGIN_MSG = 1;
export const LOGIN_MSG_ACK = 2;
export const LOGINOUT_MSG = 3;
export const REG_MSG = 4;
export const REG_MSG_ACK = 5;
export const ONE_CHAT_MSG = 6;
export const ADD_FRIEND_MSG = 7;
export const CREATE_GROUP_MSG = 8;
export const ADD_GROUP_MSG = 9;
export const GROUP_CHAT_MSG = 10;
