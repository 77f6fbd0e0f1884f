import { z } from 'zod';
import { FRAMINGS } from '../protocol/dialect.js';
import { INT_FIELDS, TEXT_FIELDS } from '../protocol/fields.js';
import { REPLY_FIELDS } from '../protocol/replies.js';
import { REPLIES, REQUESTS, RESULTS } from '../protocol/verbs.js';
import { COLUMNS, mapTables } from '../store/tables.js';

/*
 * The content of a dialect file (docs/dialects.md). Any part that it does not have is as in the dialect that it
 * extends.
 */

const name = z.string('is not a name').min(1, 'is an empty name');
const number = z
  .int('is not a whole number')
  .min(-(2 ** 31))
  .max(2 ** 31 - 1, 'does not fit into 32 bits');
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

function each<Key extends string, Value extends z.ZodType>(keys: readonly Key[], value: Value) {
  const shape = Object.fromEntries(keys.map((key) => [key, value.optional()]));
  return z.strictObject(shape as Record<Key, z.ZodOptional<Value>>);
}

const requestFields = each(
  [...INT_FIELDS.filter((field) => field !== 'msgid'), ...TEXT_FIELDS],
  z.union([name, z.array(name).min(1)]),
).describe('What a field is called in requests: a name, or several of which the first that is there counts.');

const replyFields = each(REPLY_FIELDS, name.nullable()).describe(
  'What a field is called in replies; null leaves it out.',
);

const result = z
  .strictObject({
    errno: scalar.optional().describe('The value of errno.'),
    errmsg: z
      .string()
      .nullable()
      .optional()
      .describe(
        'The value of errmsg, with {id}, {name}, {groupid} and {reason} in it put there; null writes none.',
      ),
    replyFields: replyFields.optional(),
    constants: z.record(name, z.json()).optional().describe('More fields, and their values.'),
    echo: z
      .record(name, name)
      .optional()
      .describe('More fields, each with the name of the field of the request whose value it gets.'),
  })
  .describe('What a reply says that ended so.');
const results = each(RESULTS, result);

const passedOn = z
  .strictObject({
    number: number.optional().describe('The number it has for who gets it.'),
    time: name.optional().describe('The field that gets the time of the server.'),
    constants: z.record(name, z.json()).optional().describe('More fields, and their values.'),
  })
  .describe('What the server writes into a document that it passes on to others.');

const verb = z.strictObject({
  by: z.enum(['id', 'name']).optional().describe('Whether users are meant by their ids or by their names.'),
  relay: z.boolean().optional().describe('Whether the document goes to the user it is about, too.'),
  passedOn: passedOn.optional(),
  requestFields: requestFields.optional(),
  replyFields: replyFields.optional(),
  results: results.optional(),
});

function table(columns: readonly string[]) {
  return z
    .union([name, z.strictObject({ table: name.optional(), columns: each(columns, name).optional() })])
    .optional();
}

/** The rule for a dialect file. */
export const dialectFile = z
  .strictObject({
    $schema: z.string().optional(),
    name: name.optional().describe('What the dialect is called in logs.'),
    extends: z.string().optional().describe('The built-in dialect that holds wherever this file is silent.'),
    requests: each(REQUESTS, number.nullable())
      .optional()
      .describe('The number of each request; null: there is none.'),
    replies: each(REPLIES, number.nullable())
      .optional()
      .describe('The number of the reply to each request; null: it is not answered.'),
    typeKey: name.optional().describe('The name of the field that holds the number.'),
    requestFields: requestFields.optional(),
    defaults: each(TEXT_FIELDS, z.string())
      .optional()
      .describe('What a text field of a request is when it is not there.'),
    replyFields: replyFields.optional(),
    chatFields: each(['msg', 'time', 'name'], name)
      .optional()
      .describe(
        'What clients call the text of a chat, its time and the name of its sender: the page writes them so.',
      ),
    friend: each(['id', 'name', 'state'], name.nullable()).optional().describe('The fields of a friend.'),
    group: each(['id', 'groupname', 'groupdesc', 'users'], name.nullable())
      .optional()
      .describe('The fields of a group.'),
    member: each(['id', 'name', 'role', 'state'], name.nullable())
      .optional()
      .describe('The fields of a member of a group.'),
    lists: z
      .strictObject({
        friends: z.enum(['strings', 'objects']).optional(),
        groups: z.enum(['strings', 'objects']).optional(),
        users: z.enum(['strings', 'objects', 'count']).optional(),
        offlinemsg: z.enum(['strings', 'objects']).optional(),
      })
      .optional()
      .describe('Whether the items of a list are strings that hold JSON, or objects.'),
    emptyLists: z
      .union([z.enum(['absent', 'present']), z.array(z.enum(['friends', 'groups', 'offlinemsg']))])
      .optional()
      .describe('Whether a list that is empty is there; or which ones.'),
    states: z
      .strictObject({ online: scalar.optional(), offline: scalar.optional() })
      .optional()
      .describe('What stands for a state.'),
    stored: z
      .enum(['inside', 'before', 'after'])
      .optional()
      .describe('Where stored messages go: into the reply to a login, before it or after it.'),
    results: results.optional(),
    framing: z
      .strictObject({ in: z.enum(FRAMINGS).optional(), out: z.enum(FRAMINGS).optional() })
      .optional()
      .describe('What stands around a document: from the client, and to it.'),
    client: z
      .strictObject({
        reads: z.enum(['documents', 'stream']).optional(),
        buffer: z.int().min(64).optional(),
      })
      .optional()
      .describe('Whether the client takes one read for one document, and how much it reads at once.'),
    absentId: z
      .enum(['connection', 'refused'])
      .optional()
      .describe('Whether a request without an id comes from the one user logged in on the connection.'),
    friendship: z.enum(['one way', 'both ways']).optional(),
    takeover: z
      .boolean()
      .optional()
      .describe('Whether a login ends the one that the account has on another connection.'),
    passwordLength: z
      .int()
      .min(1)
      .max(255)
      .optional()
      .describe('The most characters of a password in an embedded database.'),
    tables: z
      .strictObject(mapTables((of) => table(COLUMNS[of])))
      .optional()
      .describe('What tables and columns are called, where that differs by more than case and underscores.'),
    verbs: each(REPLIES, verb).optional().describe('What is different for one kind of request, or reply.'),
  })
  .describe('How the clients of a fork of the cluster chat server speak.');

export type DialectFile = z.output<typeof dialectFile>;
export type PassedOnFile = z.output<typeof passedOn>;
export type VerbFile = z.output<typeof verb>;
export type ResultFile = z.output<typeof result>;
