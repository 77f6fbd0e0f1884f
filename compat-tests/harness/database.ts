export { Database, type Insert } from '../../src/compat/tables/database.js';
