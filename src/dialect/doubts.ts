import type { DialectFile } from './file.js';
import { isMore } from './more.js';

/** Requests whose documents go on to other clients. */
const PASSED_ON = ['chat', 'groupChat', 'friendRequest'] as const;

/** Possible mistakes of a file: a line for each, beginning with its path. For a complete file. */
export function doubtsOf({ requests = {}, replies = {}, verbs = {} }: DialectFile): string[] {
  const relayed = Object.keys(verbs).filter((verb) => verbs[verb as keyof typeof verbs]?.relay === true);
  const passedOn = new Map(
    [...PASSED_ON, ...relayed].map((name) => {
      const verb = name as (typeof PASSED_ON)[number];
      return [verbs[verb]?.passedOn?.number ?? requests[verb], verb];
    }),
  );
  return Object.entries(replies).flatMap(([reply, number]) => {
    const verb = number == null || isMore('replies', reply, number) ? undefined : passedOn.get(number);
    return verb === undefined
      ? []
      : [
          `replies.${reply}: ${number} is the number of ${verb}, too: a client that gets one cannot tell which it is`,
        ];
  });
}
