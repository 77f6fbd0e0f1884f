export { Client } from '../../src/compat/client.js';
