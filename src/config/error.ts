import { withoutSecrets } from '../text/secrets.js';

/** The command line, the environment or a file asks for something that cannot be; the message is one plain line. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(withoutSecrets(message));
  }
}
