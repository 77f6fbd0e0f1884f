export { openMysql } from '../../src/compat/tables/mysql.js';
