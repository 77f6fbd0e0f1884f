import { readFileSync } from 'node:fs';

/** Without the statement that makes and enters the database `chat`. */
const original = readFileSync('chat.sql', 'utf8').replace(/^CREATE DATABASE .*$/m, '');

/** The tables of chat.sql as the original and its forks have them (PROTOCOL.md section 7). */
export const SCHEMAS = {
  original,
  'composite keys': original.replaceAll(/ KEY `(userid|groupid)` \(/g, ' PRIMARY KEY ('),
  'all utf8mb4': original
    .replaceAll(/CHARACTER SET latin1/g, '')
    .replaceAll(/CHARSET=\w+/g, 'CHARSET=utf8mb4'),
} as const;
